// SPDX-License-Identifier: GPL-2.0
#include "filter.h"

int filter(int value)
{
	return value > 50 ? 50 : value;
}
