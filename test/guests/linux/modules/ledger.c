// A module that is loaded, asked and removed while somebody debugs it.
#include <linux/init.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/slab.h>

struct posting {
	struct list_head link;
	int amount;
	char note[16];
};

static LIST_HEAD(postings);
static int balance;

static noinline int ledger_post(int amount, const char *note)
{
	struct posting *posting = kzalloc(sizeof(*posting), GFP_KERNEL);

	if (!posting)
		return -ENOMEM;
	posting->amount = amount;
	strscpy(posting->note, note, sizeof(posting->note));
	list_add_tail(&posting->link, &postings);
	balance += amount;
	return 0;
}

// echo 3 >/sys/module/ledger/parameters/post
static int ledger_set(const char *text, const struct kernel_param *parameter)
{
	int amount;
	int error = kstrtoint(text, 0, &amount);

	return error ? error : ledger_post(amount, "by hand");
}

static const struct kernel_param_ops post_operations = { .set = ledger_set };

module_param_cb(post, &post_operations, NULL, 0200);

static int __init ledger_init(void)
{
	int opening = 100;
	int error = ledger_post(opening, "opening");

	pr_info("ledger: balance %d\n", balance);
	return error;
}

static void __exit ledger_exit(void)
{
	struct posting *posting, *next;

	list_for_each_entry_safe(posting, next, &postings, link)
		kfree(posting);
	pr_info("ledger: closed at %d\n", balance);
}

module_init(ledger_init);
module_exit(ledger_exit);
MODULE_DESCRIPTION("A ledger, for tests of the debugger");
MODULE_LICENSE("GPL");
