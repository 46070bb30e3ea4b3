//! Every error code of the table is provoked by a test; this list of exceptions may only shrink.

use std::path::Path;

use goods_svc::error_codes::ALL;

const NOT_PROVOKED: &[u32] = &[];

#[test]
fn each_error_code_is_provoked_by_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let sources: String = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let missing: Vec<u32> = ALL
        .iter()
        .map(|row| row.code)
        .filter(|code| !sources.contains(&code.to_string()))
        .collect();
    assert_eq!(missing, NOT_PROVOKED);
}
