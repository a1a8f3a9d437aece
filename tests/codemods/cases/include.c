//// case: into sorted order | "b.h"
#include "a.h"
#include "c.h"

int x;
//// after
#include "a.h"
#include "b.h"
#include "c.h"

int x;
//// case: at the end of the block in quotes | "z.h"
#include <linux/kernel.h>

#include "a.h"
#include "c.h"

int x;
//// after
#include <linux/kernel.h>

#include "a.h"
#include "c.h"
#include "z.h"

int x;
//// case: first of a sorted block keeps the blank line above | "a.h"
#include <linux/kernel.h>

#include "b.h"
#include "c.h"
//// after
#include <linux/kernel.h>

#include "a.h"
#include "b.h"
#include "c.h"
//// case: to the end of a block that is not sorted | "b.h"
#include "d.h"
#include "c.h"
#include "a.h"
int x;
//// after
#include "d.h"
#include "c.h"
#include "a.h"
#include "b.h"
int x;
//// case: a block of its own when there is none in quotes | "a.h"
#include <linux/kernel.h>
#include <linux/slab.h>

int x;
//// after
#include <linux/kernel.h>
#include <linux/slab.h>

#include "a.h"

int x;
//// case: not into an #if | "b.h"
#include "a.h"
#ifdef A
#include "c.h"
#endif

int x;
//// after
#include "a.h"
#include "b.h"
#ifdef A
#include "c.h"
#endif

int x;
//// case: behind the include guard of a header | <a.h>
/* about */
#ifndef X_H
#define X_H

int x;

#endif
//// after
/* about */
#ifndef X_H
#define X_H

#include <a.h>

int x;

#endif
//// case: no-op: there already | "a.h"
#include "a.h"

int x;
//// case: above a line that begins with a comment | "a.h"
/* about */

/* of x */ /* and
   of y */ int x;
//// after
/* about */

#include "a.h"

/* of x */ /* and
   of y */ int x;
