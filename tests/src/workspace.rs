//! Where the sources are, for tests that read them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Crates that are services.
pub const SERVICES: [&str; 5] = ["users-svc", "goods-svc", "carts-svc", "orders-svc", "pays-svc"];

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests crate lies in the workspace")
}

/// A file of the sources, and where it lies.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Relative to the root, with slashes.
    pub path: String,
    /// What is in it.
    pub text: String,
    /// Whether it is compiled for tests only.
    pub is_test: bool,
}

impl SourceFile {
    /// The lines with their numbers, from 1.
    pub fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
    }

    /// The lines that are neither comment nor part of an inline test module, with their numbers.
    pub fn code_lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines()
            .take_while(|(_, line)| line.trim() != "#[cfg(test)]" || line.starts_with(' '))
            .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// The crate it belongs to, as `orders-svc` or `deploy/sandbox`.
    pub fn crate_name(&self) -> &str {
        let mut parts = self.path.match_indices('/').map(|(at, _)| at);
        let first = parts.next().unwrap_or(self.path.len());
        if &self.path[..first] == "deploy" {
            &self.path[..parts.next().unwrap_or(self.path.len())]
        } else {
            &self.path[..first]
        }
    }
}

/// Every Rust file of the workspace, in the order of their paths.
pub fn rust_files() -> Vec<SourceFile> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root()).expect("root") {
        let path = entry.expect("entry").path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            collect(&path, &mut files);
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    let test_modules: BTreeSet<String> = files.iter().flat_map(test_modules).collect();
    for file in &mut files {
        file.is_test = file.path.contains("/tests/") || test_modules.contains(&file.path);
    }
    files
}

/// Paths of the modules that `file` declares for tests only.
fn test_modules(file: &SourceFile) -> Vec<String> {
    let path = Path::new(&file.path);
    let stem = path.file_stem().unwrap_or_default();
    let is_root = ["mod", "lib", "main"].iter().any(|name| stem == *name);
    let folder = if is_root {
        path.with_file_name("")
    } else {
        path.with_extension("")
    };
    let after_marks = file.text.split("#[cfg(test)]\n").skip(1);
    let declared = after_marks.filter_map(|rest| {
        let item = rest.lines().find(|line| !line.starts_with("#["))?;
        item.split_once("mod ")?.1.strip_suffix(';')
    });
    declared
        .map(|name| folder.join(format!("{name}.rs")).to_string_lossy().into_owned())
        .collect()
}

/// The text of the file at `path`, relative to the root; `None` when there is none.
pub fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(root().join(path)).ok()
}

fn collect(folder: &Path, files: &mut Vec<SourceFile>) {
    for entry in std::fs::read_dir(folder).expect("folder") {
        let path: PathBuf = entry.expect("entry").path();
        if path.is_dir() {
            if path
                .file_name()
                .is_none_or(|name| name != "target" && name != "node_modules")
            {
                collect(&path, files);
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let relative = path.strip_prefix(root()).expect("below the root");
            files.push(SourceFile {
                path: relative.to_string_lossy().into_owned(),
                text: std::fs::read_to_string(&path).expect("UTF-8"),
                is_test: false,
            });
        }
    }
}
