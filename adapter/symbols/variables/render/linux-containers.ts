import { strip } from '../../types/type.ts';
import type { Value } from '../value.ts';
import { containerNamed, type Container } from './container.ts';
import type { TypeLookup } from './rendering.ts';

/**
 * What is on the lists and trees of Linux, for the debug information does not tell: by the structure and member of the head, or by the
 * variable it is, the structure of the elements and the member that links them (include/linux of 6.1 and 6.12).
 */
const ELEMENTS: ReadonlyMap<string, readonly [structure: string, member: string]> = new Map([
  ['task_struct.tasks', ['task_struct', 'tasks']],
  ['task_struct.children', ['task_struct', 'sibling']],
  ['task_struct.sibling', ['task_struct', 'sibling']],
  ['signal_struct.thread_head', ['task_struct', 'thread_node']],
  ['module.list', ['module', 'list']],
  ['modules', ['module', 'list']],
  ['super_blocks', ['super_block', 's_list']],
  ['super_block.s_list', ['super_block', 's_list']],
  ['super_block.s_inodes', ['inode', 'i_sb_list']],
  ['super_block.s_mounts', ['mount', 'mnt_instance']],
  ['file_system_type.fs_supers', ['super_block', 's_instances']],
  ['dentry.d_subdirs', ['dentry', 'd_child']],
  ['dentry.d_children', ['dentry', 'd_sib']],
  ['inode.i_dentry', ['dentry', 'd_u.d_alias']],
  ['mnt_namespace.list', ['mount', 'mnt_list']],
  ['mount.mnt_mounts', ['mount', 'mnt_child']],
  ['net.dev_base_head', ['net_device', 'dev_list']],
  ['net_namespace_list', ['net', 'list']],
  ['slab_caches', ['kmem_cache', 'list']],
  ['workqueues', ['workqueue_struct', 'list']],
  ['worker_pool.workers', ['worker', 'node']],
  ['worker_pool.worklist', ['work_struct', 'entry']],
  ['wait_queue_head.head', ['wait_queue_entry', 'entry']],
  ['kset.list', ['kobject', 'entry']],
  ['tty_drivers', ['tty_driver', 'tty_drivers']],
  ['pci_root_buses', ['pci_bus', 'node']],
  ['cfs_rq.tasks_timeline', ['sched_entity', 'run_node']],
  ['eventpoll.rbr', ['epitem', 'rbn']],
  ['address_space.i_mmap', ['vm_area_struct', 'shared.rb']],
  ['anon_vma.rb_root', ['anon_vma_chain', 'rb']],
  ['timerqueue_head.rb_root', ['timerqueue_node', 'node']],
  ['vmap_area_root', ['vmap_area', 'rb_node']],
  ['vmap_area_list', ['vmap_area', 'list']],
]);

/** What the elements of a list or tree are; undefined when nobody knows. */
export function containerOf(head: Value, types: TypeLookup): Container | undefined {
  const owner = head.owner && strip(head.owner.type);
  const key =
    owner?.kind === 'structure' && owner.name !== undefined
      ? `${owner.name.replace('struct ', '')}.${head.name}`
      : head.expression;
  const names = ELEMENTS.get(key);
  return names && containerNamed(names[0], names[1], types);
}
