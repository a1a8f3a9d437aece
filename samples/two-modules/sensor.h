/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SENSOR_H
#define SENSOR_H

struct sensor {
	int id;
	int power;
};

struct sensor_pm_ops {
	int (*suspend)(struct sensor *s);
	int (*resume)(struct sensor *s);
	const int *levels;
};

extern const struct sensor_pm_ops sensor_pm_ops;

int sensor_probe(struct sensor *s, int id);

#endif /* SENSOR_H */
