// What a kernel in Rust is made of: traits, generics, closures, enums, and the collections of alloc; built by build.sh.
#![no_std]
#![no_main]
#![feature(alloc_error_handler)]
extern crate alloc;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::arch::{asm, global_asm};
use core::cell::{Cell, RefCell, UnsafeCell};
use core::panic::PanicInfo;

global_asm!(
    ".section .text.start", ".globl _start", "_start:",
    "la sp, stack_end", "li t0, 0x6000", "csrs mstatus, t0", "call run",
);

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    power_off(1)
}

#[alloc_error_handler]
fn no_memory(_: Layout) -> ! {
    power_off(2)
}

fn power_off(code: u32) -> ! {
    unsafe { *(0x10_0000 as *mut u32) = if code == 0 { 0x5555 } else { code << 16 | 0x3333 } };
    loop {}
}

/// Memory is given and never taken back.
struct Arena {
    memory: UnsafeCell<[u8; 0x10000]>,
    used: Cell<usize>,
}

unsafe impl Sync for Arena {}

unsafe impl GlobalAlloc for Arena {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let start = (self.used.get() + layout.align() - 1) & !(layout.align() - 1);
        self.used.set(start + layout.size());
        (self.memory.get() as *mut u8).add(start)
    }
    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static ARENA: Arena = Arena { memory: UnsafeCell::new([0; 0x10000]), used: Cell::new(0) };

#[no_mangle]
unsafe extern "C" fn memcpy(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    let mut at = 0;
    while at < count {
        core::ptr::write_volatile(to.add(at), core::ptr::read_volatile(from.add(at)));
        at += 1;
    }
    to
}

#[no_mangle]
unsafe extern "C" fn memmove(to: *mut u8, from: *const u8, count: usize) -> *mut u8 {
    if (to as usize) < from as usize {
        return memcpy(to, from, count);
    }
    let mut at = count;
    while at > 0 {
        at -= 1;
        core::ptr::write_volatile(to.add(at), core::ptr::read_volatile(from.add(at)));
    }
    to
}

#[no_mangle]
unsafe extern "C" fn memset(to: *mut u8, byte: i32, count: usize) -> *mut u8 {
    let mut at = 0;
    while at < count {
        core::ptr::write_volatile(to.add(at), byte as u8);
        at += 1;
    }
    to
}

#[no_mangle]
unsafe extern "C" fn memcmp(left: *const u8, right: *const u8, count: usize) -> i32 {
    let mut at = 0;
    while at < count {
        let (a, b) = (*left.add(at), *right.add(at));
        if a != b {
            return a as i32 - b as i32;
        }
        at += 1;
    }
    0
}

#[derive(Clone, Copy, PartialEq)]
pub enum State {
    Ready,
    Sleeping { until: u64 },
    Exited(i32),
}

pub struct Task {
    pub name: String,
    pub state: State,
    pub parent: Option<Rc<Task>>,
    pub priority: u8,
}

pub trait Scheduler {
    fn pick(&mut self) -> Option<Rc<Task>>;
}

pub struct RoundRobin {
    pub queue: VecDeque<Rc<Task>>,
}

impl Scheduler for RoundRobin {
    fn pick(&mut self) -> Option<Rc<Task>> {
        let task = self.queue.pop_front()?;
        if let State::Ready = task.state {
            self.queue.push_back(task.clone());
        }
        Some(task)
    }
}

#[inline(never)]
fn depth_of(task: &Task) -> usize {
    match &task.parent {
        None => 0,
        Some(parent) => 1 + depth_of(parent),
    }
}

#[inline(never)]
fn largest<T: PartialOrd + Copy>(values: &[T]) -> Option<T> {
    let mut best = *values.first()?;
    for &value in values {
        if value > best {
            best = value;
        }
    }
    Some(best)
}

fn mean(values: &[f64]) -> f64 {
    let sum = values.iter().fold(0.0, |sum, value| sum + value);
    sum / values.len() as f64
}

#[no_mangle]
#[inline(never)]
pub fn stop_here(code: u64) {
    unsafe { asm!("/* {0} */", in(reg) code) };
}

#[no_mangle]
pub extern "C" fn run() -> ! {
    let init = Rc::new(Task { name: String::from("init"), state: State::Ready, parent: None, priority: 1 });
    let shell = Rc::new(Task { name: String::from("shell"), state: State::Sleeping { until: 90 }, parent: Some(init.clone()), priority: 2 });
    let child = Rc::new(Task { name: String::new(), state: State::Exited(-1), parent: Some(shell.clone()), priority: 3 });
    let mut numbers: Vec<u32> = Vec::with_capacity(8);
    for number in 1..=5u32 {
        numbers.push(number * number);
    }
    let mut names: Vec<String> = Vec::new();
    names.push(String::from("zero"));
    names.push(String::from("один"));
    let slice: &[u32] = &numbers[1..4];
    let text: &str = &names[1];
    let empty: Vec<u8> = Vec::new();
    let boxed: Box<State> = Box::new(State::Exited(7));
    let some: Option<Box<u32>> = Some(Box::new(11));
    let none: Option<Box<u32>> = None;
    let good: Result<u16, State> = Ok(3);
    let bad: Result<u16, State> = Err(State::Ready);
    let cell = RefCell::new(4i16);
    let mut map: BTreeMap<u32, &str> = BTreeMap::new();
    map.insert(2, "two");
    map.insert(1, "one");
    let mut scheduler = RoundRobin { queue: VecDeque::new() };
    scheduler.queue.push_back(init.clone());
    scheduler.queue.push_back(child.clone());
    let mut depths = 0;
    let picker: &mut dyn Scheduler = &mut scheduler;
    for _ in 0..5 {
        if let Some(task) = picker.pick() {
            depths += depth_of(&task);
        }
    }
    let best = largest(&numbers);
    let lowest = largest(&[2.5f64, -1.0]);
    let average = mean(&[1.0, 2.0, 4.5]);
    stop_here(depths as u64 + best.unwrap_or(0) as u64 + average as u64);
    let _keep = (&init, &shell, &child, &numbers, &names, &slice, &text, &empty, &boxed, &some, &none);
    let _more = (&good, &bad, &cell, &map, &lowest, &scheduler.queue);
    power_off(0)
}
