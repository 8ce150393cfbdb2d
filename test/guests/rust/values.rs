// One value of each kind that Rust has, for expressions to be asked about; built by build.sh beside it.
#![no_std]
#![no_main]
use core::arch::{asm, global_asm};
use core::panic::PanicInfo;

global_asm!(".section .text.start", ".globl _start", "_start:", "la sp, stack_end", "call run");

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    loop {}
}

pub struct Point {
    pub x: i32,
    pub y: i32,
}

pub enum Shape {
    Empty,
    Circle { radius: u32 },
    Line(u8, u16),
}

pub mod inner {
    pub static LEVEL: u32 = 7;
}

#[no_mangle]
#[inline(never)]
pub fn stop_here(code: u64) {
    unsafe { asm!("/* {0} */", in(reg) code) };
}

#[no_mangle]
pub extern "C" fn run() -> ! {
    let point = Point { x: 3, y: -4 };
    let empty = Shape::Empty;
    let circle = Shape::Circle { radius: 9 };
    let line = Shape::Line(1, 500);
    let some: Option<u32> = Some(5);
    let none: Option<u32> = None;
    let reference: Option<&Point> = Some(&point);
    let pair = (1u8, 2i64);
    let numbers = [10u16, 20, 30];
    let slice: &[u16] = &numbers[1..];
    let text = "hello";
    let byte = 200u8;
    let truth = true;
    let letter = 'ß';
    stop_here(inner::LEVEL as u64);
    let _keep = (&point, &empty, &circle, &line, &some, &none, &reference, &pair, &numbers, &slice, &text, &byte, &truth, &letter);
    unsafe { *(0x10_0000 as *mut u32) = 0x5555 };
    loop {}
}
