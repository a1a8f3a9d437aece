// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>

#include "hyperv.h"
#include "x86_trace.h"

void hv_flush_root(int vcpu_id, gpa_t root)
{
	trace("    hyperv: flush root %#" PRIx64 " for vcpu %d", root, vcpu_id);
}
