// SPDX-License-Identifier: GPL-2.0
/* Loads modules one after the other, as modprobe does, and starts those that can be started. */
#include <dlfcn.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		void *module = dlopen(argv[i], RTLD_NOW | RTLD_GLOBAL);
		int (*start)(void);

		if (!module) {
			fprintf(stderr, "%s\n", dlerror());
			return 1;
		}
		start = (int (*)(void))dlsym(module, "start_module");
		if (start && start())
			return 1;
	}
	return 0;
}
