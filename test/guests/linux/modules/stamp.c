// A second module, so that ledger is not loaded at the same addresses each time.
#include <linux/init.h>
#include <linux/module.h>

static int stamps[4096];

static int __init stamp_init(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(stamps); i++)
		stamps[i] = i;
	pr_info("stamp: ready\n");
	return 0;
}

module_init(stamp_init);
MODULE_DESCRIPTION("Takes room, for tests of the debugger");
MODULE_LICENSE("GPL");
