// Things of many kinds, for the names that rustc gives them in the v0 mangling. Compiled for the host, and never run.
#![feature(
    never_type,
    bench_black_box,
    adt_const_params,
    generic_const_exprs
)]
#![allow(
    incomplete_features,
    non_snake_case,
    uncommon_codepoints,
    mixed_script_confusables,
    dead_code,
    improper_ctypes_definitions
)]
#![crate_type = "lib"]
use std::collections::HashMap;
use std::fmt::{Debug, Display};
pub mod outer {
    pub mod inner {
        #[inline(never)]
        pub fn plain(x: u32) -> u32 {
            std::hint::black_box(x)
        }
    }
}
pub struct Pair<A, B>(pub A, pub B);
impl<A: Debug, B> Pair<A, B> {
    #[inline(never)]
    pub fn show(&self) -> String {
        format!("{:?}", self.0)
    }
}
pub trait Shape {
    const N: usize;
    fn area(&self) -> f64;
    fn twice(&self) -> f64 {
        2.0 * self.area()
    }
    fn sized<T>(&self, _t: T) -> usize
    where
        Self: Sized,
    {
        Self::N + std::mem::size_of::<T>()
    }
}
impl Shape for Pair<f64, f64> {
    const N: usize = 3;
    #[inline(never)]
    fn area(&self) -> f64 {
        self.0 * self.1
    }
}
impl<'a, T> Shape for &'a [T] {
    const N: usize = 4;
    #[inline(never)]
    fn area(&self) -> f64 {
        self.len() as f64
    }
}
impl Shape for [u8; 12] {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for (i8, (), !) {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for (i8,) {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for *const str {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for *mut char {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for fn(u8, &mut i16) -> i64 {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for unsafe extern "C" fn(u16, ...) -> u128 {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for extern "sysv64" fn(i128) {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for for<'a, 'b> fn(&'a u8, &'b dyn Fn(&'a u8, for<'c> fn(&'c u8, &'b u8)) -> &'b u8) -> &'a u8 {
    const N: usize = 5;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for dyn Iterator<Item = u32> + Send {
    const N: usize = 6;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for dyn for<'a> Fn(&'a str) -> &'a str + Sync + 'static {
    const N: usize = 6;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
impl Shape for Box<dyn FnMut(bool, f32) + Send + Sync> {
    const N: usize = 6;
    #[inline(never)]
    fn area(&self) -> f64 {
        1.0
    }
}
#[inline(never)]
pub fn generic<T: Debug>(t: T) -> String {
    let f = |x: &T| {
        let g = || format!("{:?}", x);
        g()
    };
    std::hint::black_box(&f)(&t)
}
pub struct Grid<const W: usize, const H: i32, const B: bool, const C: char>;
impl<const W: usize, const H: i32, const B: bool, const C: char> Grid<W, H, B, C> {
    #[inline(never)]
    pub fn cells(&self) -> usize {
        std::hint::black_box(W)
    }
}
pub struct Named<const S: &'static str>;
impl<const S: &'static str> Named<S> {
    #[inline(never)]
    pub fn name(&self) -> &'static str {
        std::hint::black_box(S)
    }
}
#[derive(PartialEq, Eq)]
pub struct Config {
    pub a: u8,
    pub b: (bool, i64),
    pub c: [u16; 2],
}
#[derive(PartialEq, Eq)]
pub enum Choice {
    Unit,
    Tuple(u8, char),
    Struct { x: i8 },
}
pub struct With<const C: Config>;
impl<const C: Config> With<C> {
    #[inline(never)]
    pub fn get(&self) -> u8 {
        std::hint::black_box(C.a)
    }
}
pub struct Chosen<const C: Choice>;
impl<const C: Choice> Chosen<C> {
    #[inline(never)]
    pub fn get(&self) -> bool {
        std::hint::black_box(C == Choice::Unit)
    }
}
pub struct Opt<const C: Option<&'static [u8]>>;
impl<const C: Option<&'static [u8]>> Opt<C> {
    #[inline(never)]
    pub fn get(&self) -> bool {
        std::hint::black_box(C.is_some())
    }
}
pub struct Wide<const U: u128, const I: i128>;
impl<const U: u128, const I: i128> Wide<U, I> {
    #[inline(never)]
    pub fn get(&self) -> u128 {
        std::hint::black_box(U)
    }
}
pub fn grüße_größe() -> u32 {
    #[inline(never)]
    fn übung(x: u32) -> u32 {
        std::hint::black_box(x)
    }
    übung(3)
}
pub mod 東京 {
    #[inline(never)]
    pub fn 駅<T>(t: T) -> T {
        std::hint::black_box(t)
    }
}
pub mod gödel {
    #[inline(never)]
    pub fn escher() {
        std::hint::black_box(())
    }
}
pub static STATIC_THING: u32 = 4;
#[inline(never)]
pub fn returns() -> impl Fn(u32) -> u32 {
    move |x| std::hint::black_box(x + STATIC_THING)
}
pub async fn later(x: u32) -> u32 {
    std::hint::black_box(x)
}
pub fn _0digits_first() {
    #[inline(never)]
    fn _under() {}
    _under()
}
macro_rules! many { ($($n:ident)*) => { $( { #[inline(never)] fn helper() -> &'static str { std::hint::black_box(stringify!($n)) } helper(); } )* } }
pub fn use_it() {
    outer::inner::plain(1);
    Pair(1u8, "x").show();
    Pair(Some(vec![1u64]), ()).show();
    Pair(1.0, 2.0).twice();
    Pair(1.0, 2.0).sized::<Option<&str>>(None);
    (&[1u8][..]).twice();
    [0u8; 12].twice();
    generic(1);
    generic("a");
    generic([Some(1i16); 3]);
    generic(Box::new(3) as Box<dyn Debug>);
    generic(Box::new(3) as Box<dyn Debug + Send + Sync>);
    generic(((), (1u8,), (1u8, 'c')));
    generic(vec![HashMap::<String, Vec<u8>>::new()]);
    generic(grüße_größe as fn() -> u32);
    generic(std::marker::PhantomData::<for<'a> fn(&'a str, &str) -> &'a str>);
    generic(std::marker::PhantomData::<dyn Iterator<Item = Box<dyn Fn(u8) -> Result<(), !> + Send>>>);
    Grid::<3, -7, true, 'x'>.cells();
    Grid::<0, { i32::MIN }, false, '\''>.cells();
    Grid::<{ usize::MAX }, 0, false, '\n'>.cells();
    Grid::<1, 1, true, '東'>.cells();
    Grid::<1, 1, true, '\u{301}'>.cells();
    Grid::<1, 1, true, '"'>.cells();
    Named::<"hello">.name();
    Named::<"a \"quoted\" 'x' \\ \n\t 東\u{301}\u{200b}">.name();
    Named::<"">.name();
    With::<
        {
            Config {
                a: 1,
                b: (true, -5),
                c: [6, 7],
            }
        },
    >
        .get();
    Chosen::<{ Choice::Unit }>.get();
    Chosen::<{ Choice::Tuple(1, 'z') }>.get();
    Chosen::<{ Choice::Struct { x: -1 } }>.get();
    Opt::<{ None }>.get();
    Opt::<{ Some(&[1, 2]) }>.get();
    Wide::<{ u128::MAX }, { i128::MIN }>.get();
    Wide::<{ u64::MAX as u128 }, { -1 }>.get();
    東京::駅(gödel::escher);
    東京::駅(1u8);
    returns()(3);
    many!(a b c);
    _0digits_first();
    let c: Box<dyn FnOnce(u8) -> u8> = Box::new(|x| x + 1);
    c(1);
    let f: &dyn Fn(u32) -> u32 = &outer::inner::plain;
    f(1);
    let _ = std::hint::black_box(later(3));
    std::thread::spawn(|| use_it());
    let mut v = vec![3, 1, 2];
    v.sort_by(|a, b| b.cmp(a));
    let p: &dyn Display = &"x";
    println!("{p}");
}
