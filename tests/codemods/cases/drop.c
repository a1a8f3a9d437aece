//// case: a declaration between blank lines | 1
int a;

static int f(void);

int b;
//// after
int a;

int b;
//// case: its own comment goes along | 1
int a;

/* f's */
static int f(void);

int b;
//// after
int a;

int b;
//// case: a comment about what follows too stays | 1
int a;

/* forward declarations */

static int f(void);

int b;
//// after
int a;

/* forward declarations */

int b;
//// case: two of three neighbours | 0,1
static int f(void);
static int g(void);
static int h(void);
//// after
static int h(void);
//// case: an #if that it leaves empty goes | 2
int a;

#ifdef A
static int f(void);
#endif

int b;
//// after
int a;

int b;
//// case: an #else with nothing left under it goes | 3
#ifdef A
static int f(void);
#else
static int g(void);
#endif
//// after
#ifdef A
static int f(void);
#endif
//// case: all branches empty | 2,4
int a;
#if A
static int f(void);
#else
static int g(void);
#endif
int b;
//// after
int a;
int b;
//// case: a comment in a branch keeps it | 1
#ifdef A
static int f(void);

/* no more of it */
#endif
//// after
#ifdef A

/* no more of it */
#endif
//// case: an #if with an #else stays | 1
#ifdef A
static int f(void);
#else
static int g(void);
#endif
//// after
#ifdef A
#else
static int g(void);
#endif
//// case: an #if that was empty before stays | 2
#ifdef A
#endif
int a;
//// after
#ifdef A
#endif
//// case: no-op: nothing asked for |
int a;


int b;
