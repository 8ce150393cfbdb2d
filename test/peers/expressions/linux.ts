/** Expressions about a Linux kernel, asked where it starts its first program. One a line. */
export const LINUX_EXPRESSIONS = `
init_task.comm
init_task.pid
&init_task
init_task.tasks.next != &init_task.tasks
((struct task_struct *)$tp)->pid
((struct task_struct *)$tp)->comm
((struct task_struct *)$tp)->parent->comm
((struct task_struct *)$tp)->parent == &init_task
((struct task_struct *)$tp)->flags
((struct task_struct *)$tp)->flags & 0x200000
((struct task_struct *)$tp)->mm
((struct task_struct *)$tp)->active_mm
((struct task_struct *)$tp)->thread.sp
((struct task_struct *)$tp)->stack
((struct task_struct *)$tp)->usage
((struct task_struct *)$tp)->usage.refs.counter
((struct task_struct *)$tp)->cred->uid
((struct task_struct *)$tp)->real_cred == ((struct task_struct *)$tp)->cred
((struct task_struct *)$tp)->se.load
((struct task_struct *)$tp)->prio
((struct task_struct *)$tp)->policy
sizeof(struct task_struct)
sizeof(struct page)
sizeof(struct list_head)
sizeof(struct mm_struct)
sizeof(struct inode)
(long)&((struct task_struct *)0)->tasks
(long)&((struct page *)0)->lru
(struct task_struct *)((char *)init_task.tasks.next - (long)&((struct task_struct *)0)->tasks)
((struct task_struct *)((char *)init_task.tasks.next - (long)&((struct task_struct *)0)->tasks))->comm
((struct task_struct *)((char *)init_task.tasks.next - (long)&((struct task_struct *)0)->tasks))->pid
jiffies_64
jiffies
&jiffies
jiffies + 1
(unsigned long)jiffies_64 == jiffies_64
&jiffies_64
system_state
system_state == SYSTEM_RUNNING
SYSTEM_BOOTING
(enum system_states)2
linux_banner
linux_banner[0]
saved_command_line
init_mm.pgd
&init_mm.pgd
init_mm.mm_users
init_mm.owner
nr_threads
total_forks
nr_cpu_ids
loops_per_jiffy
init_uts_ns.name
init_uts_ns.name.sysname
init_uts_ns.name.release
kernel_init
&kernel_init
run_init_process
console_drivers
console_drivers->name
console_drivers->flags
init_files.fdt
init_files.fdtab.max_fds
init_pid_ns.level
init_user_ns.owner
root_cpuacct
super_blocks
super_blocks.next
file_systems->name
file_systems->next->name
tasklist_lock
page_offset_base
phys_ram_base
max_pfn
max_pfn << 12
high_memory
init_cred
init_cred.uid
$sp
$pc
$tp
(long)$tp
*(long *)$tp
*(unsigned char *)$pc
*(unsigned short *)$pc @ 4
*(int *)linux_banner
init_filename
argv_init
argv_init[0]
envp_init[0]@2
PIDTYPE_PID
sizeof(long) * 8
{int}&init_task.prio
{struct list_head}&init_task.tasks
{char[8]}linux_banner
{unsigned long}$sp
no_such_symbol
`;

/** What gdb does not know without the macros of the kernel's sources, and expressions that must have the same value. */
export const LINUX_EQUALS: readonly (readonly [string, string])[] = [
  ['current', '(struct task_struct *)$tp'],
  ['current->comm', '((struct task_struct *)$tp)->comm'],
  ['$lx_current().pid', '((struct task_struct *)$tp)->pid'],
  // The only CPU runs the current task.
  ['per_cpu(runqueues, 0).curr', 'current'],
  ['per_cpu_ptr(&runqueues, 0)->curr', 'current'],
  ['this_cpu(runqueues).curr', 'current'],
  ['$lx_per_cpu("runqueues", 0).curr', 'current'],
  ['$lx_per_cpu(runqueues).curr', 'current'],
  [
    'list_first_entry(&init_task.tasks, struct task_struct, tasks)',
    'container_of(init_task.tasks.next, struct task_struct, tasks)',
  ],
  [
    'list_last_entry(&init_task.tasks, struct task_struct, tasks)',
    'container_of(init_task.tasks.prev, struct task_struct, tasks)',
  ],
  ['init_task.children[0].comm', 'list_first_entry(&init_task.children, struct task_struct, sibling)->comm'],
  ['init_task.mm == NULL', '1'],
];
