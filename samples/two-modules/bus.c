// SPDX-License-Identifier: GPL-2.0
/* The part of the driver that knows the bus. */
#include <stdio.h>
#include <linux/module.h>

#include "sensor.h"

static int bus_start(void)
{
	const struct sensor_pm_ops *ops = &sensor_pm_ops;
	struct sensor s;
	int ret;

	ret = sensor_probe(&s, 7);
	ret = ret ?: ops->suspend(&s);
	ret = ret ?: ops->resume(&s);
	printf("bus: %d, highest level %d\n", ret, ops->levels[2]);
	return ret;
}

module_init(bus_start);

MODULE_LICENSE("GPL");
