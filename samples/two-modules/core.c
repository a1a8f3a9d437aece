// SPDX-License-Identifier: GPL-2.0
/* The part of the driver that knows the chip. */
#include <stdio.h>
#include <linux/module.h>

#include "sensor.h"
#include "filter.h"

static const int levels[] = { 0, 10, 100 };

static int sensor_set_power(struct sensor *s, int level)
{
	s->power = filter(levels[level]);
	printf("sensor %d: power %d\n", s->id, s->power);
	return 0;
}

int sensor_probe(struct sensor *s, int id)
{
	s->id = id;
	return sensor_set_power(s, 2);
}
EXPORT_SYMBOL_GPL(sensor_probe);

static int suspend(struct sensor *s)
{
	return sensor_set_power(s, 0);
}

static int resume(struct sensor *s)
{
	return sensor_set_power(s, 1);
}

const struct sensor_pm_ops sensor_pm_ops = {
	.suspend = suspend,
	.resume = resume,
	.levels = levels,
};
EXPORT_SYMBOL_GPL(sensor_pm_ops);

MODULE_LICENSE("GPL");
