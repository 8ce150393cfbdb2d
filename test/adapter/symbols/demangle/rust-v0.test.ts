import assert from 'node:assert/strict';
import fc from 'fast-check';
import { demangled } from '../../../../adapter/symbols/demangle/demangle.ts';

/** Symbols, and the paths that they stand for as `{:#}` of rustc-demangle writes them (that of rustc 1.95). */
const NAMES: readonly (readonly [symbol: string, path: string])[] = [
  ['_RNvC1a1b', 'a::b'],
  ['_RNvC6_1digit1b', '1digit::b'],
  ['_RNvMs0_NtCs1234_4core3fmtNtB5_9Formatter5write', '<core::fmt::Formatter>::write'],
  ['_RNvXs_C1aShNtB4_5Shape4area', '<[u8] as a::Shape>::area'],
  ['_RNvYNtC1a1SNtC1b1T1m', '<a::S as b::T>::m'],
  ['_RYhNtC1a1T', '<u8 as a::T>'],
  ['_RINvNtC3std3mem8align_ofjEC3foo', 'std::mem::align_of::<usize>'],
  ['_RNCNvC1a1bs_0', 'a::b::{closure#1}'],
  ['_RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_', 'cc::spawn::{closure#0}::{closure#0}'],
  ['_RNSNvC1a1bs_6vtable', 'a::b::{shim:vtable#1}'],
  ['_RNKNvC1a4KEYS0', 'a::KEYS::{K#0}'],
  ['_RNvNtC3foou8gdel_5qa6escher', 'foo::gödel::escher'],
  [
    '_RINvC1a1fabcdefhijlmnopstuvxyzE',
    'a::f::<i8, bool, char, f64, str, f32, u8, isize, usize, i32, u32, i128, u128, _, i16, u16, (), ..., i64, u64, !>',
  ],
  ['_RINvC1a1fShE', 'a::f::<[u8]>'],
  ['_RINvC1a1fAhj2_E', 'a::f::<[u8; 2]>'],
  ['_RINvC1a1fTEThETahEE', 'a::f::<(), (u8,), (i8, u8)>'],
  ['_RINvC1a1fRhQtPmOyE', 'a::f::<&u8, &mut u16, *const u32, *mut u64>'],
  ['_RINvC1a1fL_E', "a::f::<'_>"],
  ['_RINvC1a1fNtB2_1TE', 'a::f::<a::T>'],
  ['_RINvC1a1fFEuE', 'a::f::<fn()>'],
  ['_RINvC1a1fFUKChmEzE', 'a::f::<unsafe extern "C" fn(u8, u32) -> !>'],
  ['_RINvC1a1fFK8sysv_abiEhE', 'a::f::<extern "sysv-abi" fn() -> u8>'],
  ['_RINvC1a1fFG_RL0_hEuE', "a::f::<for<'a> fn(&'a u8)>"],
  ['_RINvC1a1fFG0_RL1_hRL0_tEBb_E', "a::f::<for<'a, 'b> fn(&'a u8, &'b u16) -> &'a u8>"],
  ['_RINvC1a1fFG_FG_RL0_hRL1_hEuEuE', "a::f::<for<'a> fn(for<'b> fn(&'b u8, &'a u8))>"],
  ['_RINvC1a1fDNtC1b4SendEL_E', 'a::f::<dyn b::Send>'],
  [
    '_RINvC1a1fDG_INtC1b2FnTRL0_hEEp6OutputRL0_tNtC1b4SendEL_E',
    "a::f::<dyn for<'a> b::Fn<(&'a u8,), Output = &'a u16> + b::Send>",
  ],
  ['_RINvC1a1fDNtC1b4Iterp4ItemhEL_E', 'a::f::<dyn b::Iter<Item = u8>>'],
  ['_RINvC1a1fKhff_E', 'a::f::<255>'],
  ['_RINvC1a1fKan80_E', 'a::f::<-128>'],
  ['_RINvC1a1fKj0_E', 'a::f::<0>'],
  ['_RINvC1a1fKoffffffffffffffff_E', 'a::f::<18446744073709551615>'],
  ['_RINvC1a1fKo10000000000000000_E', 'a::f::<0x10000000000000000>'],
  ['_RINvC1a1fKb0_Kb1_E', 'a::f::<false, true>'],
  [
    '_RINvC1a1fKc78_Kc27_Kc22_Kca_Kc301_Kc6771_Kc200b_Kc1f600_E',
    `a::f::<'x', '\\'', '"', '\\n', '\\u{301}', '東', '\\u{200b}', '😀'>`,
  ],
  ['_RINvC1a1fKpE', 'a::f::<_>'],
  ['_RINvC1a1fKe6869_E', 'a::f::<{*"hi"}>'],
  ['_RINvC1a1fKRe6869_E', 'a::f::<"hi">'],
  ['_RINvC1a1fKRe22275c0a_E', `a::f::<"\\"'\\\\\\n">`],
  ['_RINvC1a1fKRARe6869_Re_EE', 'a::f::<{&["hi", ""]}>'],
  ['_RINvC1a1fKQh1_E', 'a::f::<{&mut 1}>'],
  ['_RINvC1a1fKTh1_EE', 'a::f::<{(1,)}>'],
  ['_RINvC1a1fKVNtC1a1SUE', 'a::f::<{a::S}>'],
  ['_RINvC1a1fKVNtC1a1STh1_EE', 'a::f::<{a::S(1)}>'],
  ['_RINvC1a1fKVNtC1a1SS1xan1_s_1yBj_EE', 'a::f::<{a::S { x: -1, y: -1 }}>'],
  ['_RINvC1a1fKj3_KB8_E', 'a::f::<3, 3>'],
  ['_RINvC1a1fWmRm1_m10_E', 'a::f::<u32 is 1..=16>'],
  ['_RINvC1a1fWmORm1_m3_Rm5_mff_EE', 'a::f::<u32 is 1..=3 | 5..=255>'],
  ['_RINvC1a1fWPhNE', 'a::f::<*const u8 is !null>'],
  ['_RNvC1a1bC1c', 'a::b'],
  ['_RNvC1a1b.cold', 'a::b.cold'],
  ['_RNvC1a1b.llvm.0123ABC@', 'a::b'],
  ['_RNvC1a1b.lto_priv.0.cold', 'a::b.lto_priv.0.cold'],
  [
    '_RNvMsd_Csi6dO658Iv5B_3zooINtB5_4GridKj0_Kln80000000_Kb0_Kc27_E5cellsB5_',
    "<zoo::Grid<0, -2147483648, false, '\\''>>::cells",
  ],
  ['_RNvMsd_Csi6dO658Iv5B_3zooINtB5_4GridKj1_Kl1_Kb1_Kc22_E5cellsB5_', `<zoo::Grid<1, 1, true, '"'>>::cells`],
  ['_RNvMsd_Csi6dO658Iv5B_3zooINtB5_4GridKj1_Kl1_Kb1_Kc301_E5cellsB5_', "<zoo::Grid<1, 1, true, '\\u{301}'>>::cells"],
  [
    '_RNvMse_Csi6dO658Iv5B_3zooINtB5_5NamedKRe61202271756f7465642220277827205c200a0920e69db1cc81e2808b_E4nameB5_',
    `<zoo::Named<"a \\"quoted\\" 'x' \\\\ \\n\\t 東\\u{301}\\u{200b}">>::name`,
  ],
  ['_RNvMse_Csi6dO658Iv5B_3zooINtB5_5NamedKRe68656c6c6f_E4nameB5_', '<zoo::Named<"hello">>::name'],
  [
    '_RNvMsf_Csi6dO658Iv5B_3zooINtB5_4WithKVNtB5_6ConfigS1ah1_1bTb1_xn5_E1cAt6_t7_EEE3getB5_',
    '<zoo::With<{zoo::Config { a: 1, b: (true, -5), c: [6, 7] }}>>::get',
  ],
  ['_RNvMsg_Csi6dO658Iv5B_3zooINtB5_6ChosenKVNtNtB5_6Choice4UnitUE3getB5_', '<zoo::Chosen<{zoo::Choice::Unit}>>::get'],
  [
    '_RNvMsg_Csi6dO658Iv5B_3zooINtB5_6ChosenKVNtNtB5_6Choice5TupleTh1_c7a_EE3getB5_',
    "<zoo::Chosen<{zoo::Choice::Tuple(1, 'z')}>>::get",
  ],
  [
    '_RNvMsh_Csi6dO658Iv5B_3zooINtB5_3OptKVNtINtNtCs6IL9ONYDOZW_4core6option6OptionRShE4NoneUE3getB5_',
    '<zoo::Opt<{core::option::Option::<&[u8]>::None}>>::get',
  ],
  [
    '_RNvMsh_Csi6dO658Iv5B_3zooINtB5_3OptKVNtINtNtCs6IL9ONYDOZW_4core6option6OptionRShE4SomeTRAh1_h2_EEE3getB5_',
    '<zoo::Opt<{core::option::Option::<&[u8]>::Some(&[1, 2])}>>::get',
  ],
  [
    '_RNvMsi_Csi6dO658Iv5B_3zooINtB5_4WideKoffffffffffffffffffffffffffffffff_Knn80000000000000000000000000000000_E3getB5_',
    '<zoo::Wide<0xffffffffffffffffffffffffffffffff, -0x80000000000000000000000000000000>>::get',
  ],
  [
    '_RNvMsi_Csi6dO658Iv5B_3zooINtB5_4WideKoffffffffffffffff_Knn1_E3getB5_',
    '<zoo::Wide<18446744073709551615, -1>>::get',
  ],
  ['_RINvNtCsi6dO658Iv5B_3zoou7_1lqs71du4cb6aNvNtB4_u8gdel_5qa6escherEB4_', 'zoo::東京::駅::<zoo::gödel::escher>'],
  ['_RINvNtCsi6dO658Iv5B_3zoou7_1lqs71du4cb6ahEB4_', 'zoo::東京::駅::<u8>'],
  ['_RNvNvCsi6dO658Iv5B_3zoou16gre_gre_1vae3u7bu8bung_zra', 'zoo::grüße_größe::übung'],
  [
    '_RINvNtCs6IL9ONYDOZW_4core4hint9black_boxNvNtCsi6dO658Iv5B_3zoou8gdel_5qa6escherEBG_',
    'core::hint::black_box::<zoo::gödel::escher>',
  ],
  [
    '_RINvCsi6dO658Iv5B_3zoo7genericINtNtCsihNoVIYWwLU_5alloc5boxed3BoxDNtNtCs6IL9ONYDOZW_4core3fmt5DebugEL_EEB2_',
    'zoo::generic::<alloc::boxed::Box<dyn core::fmt::Debug>>',
  ],
  [
    '_RINvCsi6dO658Iv5B_3zoo7genericINtNtCsihNoVIYWwLU_5alloc5boxed3BoxDNtNtCs6IL9ONYDOZW_4core3fmt5DebugNtNtB16_6marker4SendNtB1B_4SyncEL_EEB2_',
    'zoo::generic::<alloc::boxed::Box<dyn core::fmt::Debug + core::marker::Send + core::marker::Sync>>',
  ],
  [
    '_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeINtNtB4_6option6OptionINtNtCslNYArtu3iFV_5alloc5boxed3BoxDG_INtNtNtB4_3ops8function5FnMutTNtNtNtCsbYCytxbwFiO_4curl4easy7handler8InfoTypeRL0_ShEEp6OutputuEL_EEEB2e_',
    "core::ptr::drop_in_place::<core::option::Option<alloc::boxed::Box<dyn for<'a> core::ops::function::FnMut<(curl::easy::handler::InfoType, &'a [u8]), Output = ()>>>>",
  ],
  [
    '_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeINtNtCslNYArtu3iFV_5alloc5boxed3BoxDG0_INtNtNtB4_3ops8function2FnTRL1_INtNtCsjrHSEGnQ3l9_3std5panic13PanicHookInfoL0_EEEp6OutputuNtNtB4_6marker4SyncNtB2N_4SendEL_EEB1T_',
    "core::ptr::drop_in_place::<alloc::boxed::Box<dyn for<'a, 'b> core::ops::function::Fn<(&'a std::panic::PanicHookInfo<'b>,), Output = ()> + core::marker::Sync + core::marker::Send>>",
  ],
  ['_RNvXs8_Csi6dO658Iv5B_3zooFK6sysv64nEuNtB5_5Shape4area', '<extern "sysv64" fn(i128) as zoo::Shape>::area'],
  [
    '_RNvMNtCsgEmfK2I1SDS_4core6optionINtB2_6OptionFUKCOlPaPNtNtNtNtCslhJMPQjvccJ_4libc4unix10linux_like5linux26posix_spawn_file_actions_tPNtBS_17posix_spawnattr_tPOaB2v_ElE6unwrapCsjrHSEGnQ3l9_3std',
    '<core::option::Option<unsafe extern "C" fn(*mut i32, *const i8, *const libc::unix::linux_like::linux::posix_spawn_file_actions_t, *const libc::unix::linux_like::linux::posix_spawnattr_t, *const *mut i8, *const *mut i8) -> i32>>::unwrap',
  ],
  [
    '_RNvMNtCsgEmfK2I1SDS_4core6optionINtB2_6OptionFUKCOlPaPNtNtNtNtCslhJMPQjvccJ_4libc4unix10linux_like5linux26posix_spawn_file_actions_tPNtBS_17posix_spawnattr_tPOaB2v_ElE7is_someCsjrHSEGnQ3l9_3std',
    '<core::option::Option<unsafe extern "C" fn(*mut i32, *const i8, *const libc::unix::linux_like::linux::posix_spawn_file_actions_t, *const libc::unix::linux_like::linux::posix_spawnattr_t, *const *mut i8, *const *mut i8) -> i32>>::is_some',
  ],
  [
    '_RINvCsi6dO658Iv5B_3zoo7genericINtNtCs6IL9ONYDOZW_4core6marker11PhantomDataFG0_RL1_eRL0_eERL1_eEEB2_',
    "zoo::generic::<core::marker::PhantomData<for<'a, 'b> fn(&'a str, &'b str) -> &'a str>>",
  ],
  [
    '_RINvMNtNtCsgEmfK2I1SDS_4core3fmt2rtNtB3_8Argument9new_debugRINtNtB7_6marker11PhantomDataFG0_RL1_eRL0_eERL1_eEECs3ZqC9tIQij7_5zoo95',
    "<core::fmt::rt::Argument>::new_debug::<&core::marker::PhantomData<for<'a, 'b> fn(&'a str, &'b str) -> &'a str>>",
  ],
  [
    '_RINvNtCsgEmfK2I1SDS_4core3ptr13drop_in_placeINtNtCslNYArtu3iFV_5alloc3vec3VecTaINtNtB4_3cmp7ReverseRNtNtBL_6string6StringEB1A_EEECs26ezDKuLN16_5cargo',
    'core::ptr::drop_in_place::<alloc::vec::Vec<(i8, core::cmp::Reverse<&alloc::string::String>, alloc::string::String)>>',
  ],
  [
    '_RINvNtNtNtCsgEmfK2I1SDS_4core5slice4sort6stable14driftsort_mainTaINtNtB8_3cmp7ReverseRNtNtCslNYArtu3iFV_5alloc6string6StringEB1m_ENvYBZ_NtB14_10PartialOrd2ltINtNtB1q_3vec3VecBZ_EECs26ezDKuLN16_5cargo',
    'core::slice::sort::stable::driftsort_main::<(i8, core::cmp::Reverse<&alloc::string::String>, alloc::string::String), <(i8, core::cmp::Reverse<&alloc::string::String>, alloc::string::String) as core::cmp::PartialOrd>::lt, alloc::vec::Vec<(i8, core::cmp::Reverse<&alloc::string::String>, alloc::string::String)>>',
  ],
  [
    '_RINvMNtCs6IL9ONYDOZW_4core6optionINtB3_6OptionNtNtCsihNoVIYWwLU_5alloc6string6StringE3mapNtNtNtBM_3ffi5c_str7CStringNCINvMNtCsdyIG5SqMl5y_3std6threadNtB1W_7Builder16spawn_unchecked_NCNvCsi6dO658Iv5B_3zoo6use_its_0uE0EB2X_',
    '<core::option::Option<alloc::string::String>>::map::<alloc::ffi::c_str::CString, <std::thread::Builder>::spawn_unchecked_<zoo::use_it::{closure#1}, ()>::{closure#0}>',
  ],
  [
    '_RINvMNtCsdyIG5SqMl5y_3std6threadNtB3_7Builder16spawn_unchecked_NCNvCsi6dO658Iv5B_3zoo6use_its_0uEB13_',
    '<std::thread::Builder>::spawn_unchecked_::<zoo::use_it::{closure#1}, ()>',
  ],
  [
    '_RINvMs2_NtCslNYArtu3iFV_5alloc7raw_vecNtB6_11RawVecInner3ptrINtNtB8_5boxed3BoxDINtNtNtCsgEmfK2I1SDS_4core3ops8function6FnOnceuEp6OutputuNtNtB1m_6marker4SendEL_EECsjrHSEGnQ3l9_3std',
    '<alloc::raw_vec::RawVecInner>::ptr::<alloc::boxed::Box<dyn core::ops::function::FnOnce<(), Output = ()> + core::marker::Send>>',
  ],
  [
    '_RNSINvNtCsjrHSEGnQ3l9_3std9panicking11begin_panicReE5reifyB6_',
    'std::panicking::begin_panic::<&str>::{shim:reify#0}',
  ],
  [
    '_RNSINvNtNtNtCs8cutESUgEWM_12clap_builder6parser7matches11arg_matches19unwrap_downcast_refNtNtCsjrHSEGnQ3l9_3std4path7PathBufE5reifyCshd6KImAYX4a_5cargo',
    'clap_builder::parser::matches::arg_matches::unwrap_downcast_ref::<std::path::PathBuf>::{shim:reify#0}',
  ],
  ['_RNCNvCsi6dO658Iv5B_3zoo7returns0B3_', 'zoo::returns::{closure#0}'],
  [
    '_RINvYINtCsi6dO658Iv5B_3zoo4PairddENtB6_5Shape5sizedINtNtCs6IL9ONYDOZW_4core6option6OptionReEEB6_',
    '<zoo::Pair<f64, f64> as zoo::Shape>::sized::<core::option::Option<&str>>',
  ],
  [
    '_RINvMNtCs4wgBoPItHVB_6anyhow5errorNtB5_5Error9constructINtNtNtCscWr0eeOer3a_3gix6config3key5ErrorNtCshFEBGM1fLUH_16gix_config_value5ErrorKc62_Kc69_EECs26ezDKuLN16_5cargo',
    "<anyhow::Error>::construct::<gix::config::key::Error<gix_config_value::Error, 'b', 'i'>>",
  ],
  [
    '_RINvMNtNtCsiDnBiUdckdf_10gix_config4file4initNtNtB7_5types4File29from_parse_events_no_includesNtB5_8MetadataECscWr0eeOer3a_3gix',
    '<gix_config::types::File>::from_parse_events_no_includes::<gix_config::file::Metadata>',
  ],
];

/** What is no name of this mangling, is damaged, or stands for more than anybody reads: it stays as it is. */
const OTHERS = [
  '_R',
  '_RNvC1a',
  // A version of the encoding that does not exist.
  '_R0NvC1a1b',
  // Identifiers longer than what is there, with a zero in front, of characters that symbols cannot have.
  '_RNvC1a2b',
  '_RNvC1a02b',
  '_RNvC1aé1b',
  '_RNvC1au3ab_',
  '_RNvC1au9zzzzzzzzz',
  '_RNvC1a1bqq',
  '_RNvC1a1b.cold x',
  // Back references to themselves, to what follows, and around.
  '_RNvB_1b',
  '_RINvC1a1fB7_E',
  '_RINvC1a1fTB4_E',
  '_RINvC1a1fTB7_EE',
  '_RINvC1a1fBzzzzzzzzzzzzzzzzzzzz_E',
  // Values that their types do not have, and lifetimes that nothing binds.
  '_RINvC1a1fKb2_E',
  '_RINvC1a1fKcd800_E',
  '_RINvC1a1fKRe6_E',
  '_RINvC1a1fKReff_E',
  '_RINvC1a1fRL0_hE',
  '_RINvC1a1fFGzzzzzzzz_EuE',
  // Nested too deep.
  `_RINvC1a1f${'S'.repeat(100_000)}hE`,
  `_R${'M'.repeat(100_000)}C1a`,
  `_RINvC1a1f${doubled(60)}E`,
  // Nothing of which is written.
  `_RM${'I'.repeat(100)}C1a${'E'.repeat(100)}`,
];

/** Tuples of two of the tuple before, by back references: 2^levels of them. */
function doubled(levels: number): string {
  let text = '';
  let last = 'h';
  for (let level = 0; level < levels; level++) {
    // A tuple begins where the text so far ends; the symbol's part behind `_R` begins with `INvC1a1f`.
    const start = 'INvC1a1f'.length + text.length;
    text += `T${last}${last}E`;
    last = `B${base62(start)}`;
  }
  return text;
}

function base62(value: number): string {
  if (value === 0) return '_';
  let digits = '';
  for (let rest = value - 1; digits === '' || rest > 0; rest = Math.floor(rest / 62)) {
    digits = ('0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[rest % 62] ?? '') + digits;
  }
  return `${digits}_`;
}

describe('a symbol of Rust in the v0 mangling', () => {
  for (const [symbol, path] of NAMES) {
    it(`${symbol} is ${path}`, () => {
      assert.equal(demangled(symbol), path);
    });
  }

  it('leaves out what LLVM adds within other additions, too', () => {
    assert.equal(demangled('_RNvC1a1b.llvm.123.cold'), 'a::b.cold');
  });

  for (const symbol of OTHERS) {
    it(`${symbol.slice(0, 60)} stays as it is`, () => {
      assert.equal(demangled(symbol), symbol);
    });
  }

  it('may stand for much, but not for more than anybody reads', () => {
    assert.match(demangled(`_RINvC1a1f${doubled(8)}E`), /^a::f::<\(u8, u8\), \(\(u8, u8\), /);
  });

  it('is told, or shown as it is, however it is damaged', () => {
    const symbols = fc.constantFrom(...NAMES.map(([symbol]) => symbol));
    const pieces = fc.constantFrom(
      ...Array.from('_0123456789abEINCMXYTKLBDFGRSVWUuspn'),
      'B_',
      'B0_',
      'G0_',
      'VNtB2_1a',
      'u8',
      'M',
      'I',
      '9',
    );
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 5 }), fc.array(pieces, { maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(symbols, edits, (symbol, changes) => {
        let damaged = symbol;
        for (const [place, removed, added] of changes) {
          const at = 2 + (place % (damaged.length - 1));
          damaged = damaged.slice(0, at) + added.join('') + damaged.slice(at + removed);
        }
        const name = demangled(damaged);
        assert.ok(name === damaged || name.length <= 0x1_0000 + damaged.length);
      }),
      { numRuns: 20_000 },
    );
  });
});
