//! Text as the index sees it: one writing for what means the same, cut into words and pairs of Chinese characters.
//!
//! Pairs find every part of a Chinese name without a dictionary that knows the word (双肩 and 肩包 in 双肩包).

/// Terms that a question may have; the rest of a longer one is not looked at.
const MAX_TERMS: usize = 32;
/// Letters of a question that are looked at.
const MAX_LETTERS: usize = 128;

/// A piece of text by which SKUs are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Term {
    /// A word of letters and digits.
    Word(String),
    /// A Chinese character, or two that stand side by side.
    Han(String),
}

/// Lower case, full-width letters made plain, everything that is neither letter nor digit made one space.
pub(super) fn normalise(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().map(narrow) {
        if c.is_alphanumeric() {
            plain.extend(c.to_lowercase());
        } else if !plain.is_empty() && !plain.ends_with(' ') {
            plain.push(' ');
        }
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// [`normalise`] for what people type: bounded.
pub(super) fn normalise_question(text: &str) -> String {
    let bounded: String = text.chars().take(MAX_LETTERS).collect();
    normalise(&bounded)
}

/// Full-width letters, digits and signs in their usual form.
fn narrow(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The terms under which text is kept: words, single characters, and pairs of them.
pub(super) fn index_terms(normalised: &str) -> Vec<Term> {
    terms(normalised, |run| run.all())
}

/// The terms of a question: words, and pairs; a single character only where it stands alone.
pub(super) fn question_terms(normalised: &str) -> Vec<Term> {
    let mut terms = terms(normalised, |run| run.pairs());
    let mut seen = std::collections::HashSet::new();
    terms.retain(|term| seen.insert(term.clone()));
    terms.truncate(MAX_TERMS);
    terms
}

fn terms(normalised: &str, cut: fn(&Run<'_>) -> Vec<Term>) -> Vec<Term> {
    let mut terms = Vec::new();
    for word in normalised.split(' ').filter(|word| !word.is_empty()) {
        for run in runs(word) {
            match run.is_han {
                true => terms.extend(cut(&run)),
                false => terms.push(Term::Word(run.text.to_owned())),
            }
        }
    }
    terms
}

/// Letters of one kind side by side.
struct Run<'a> {
    is_han: bool,
    text: &'a str,
}

fn runs(word: &str) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut begin = 0;
    for (at, c) in word.char_indices() {
        let is_same = word[begin..at]
            .chars()
            .next_back()
            .is_none_or(|before| is_han(before) == is_han(c));
        if !is_same {
            runs.push(Run::of(&word[begin..at]));
            begin = at;
        }
    }
    runs.push(Run::of(&word[begin..]));
    runs
}

impl<'a> Run<'a> {
    fn of(text: &'a str) -> Self {
        Self {
            is_han: text.chars().next().is_some_and(is_han),
            text,
        }
    }

    fn pairs(&self) -> Vec<Term> {
        let letters: Vec<char> = self.text.chars().collect();
        match letters.len() {
            1 => vec![Term::Han(self.text.to_owned())],
            _ => letters
                .windows(2)
                .map(|pair| Term::Han(pair.iter().collect()))
                .collect(),
        }
    }

    fn all(&self) -> Vec<Term> {
        let singles = self.text.chars().map(|c| Term::Han(c.to_string()));
        let letters: Vec<char> = self.text.chars().collect();
        let pairs = letters.windows(2).map(|pair| Term::Han(pair.iter().collect()));
        singles.chain(pairs).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_the_same_is_written_the_same() {
        for (text, plain) in [
            ("远行双肩包　Ａurora 30Ｌ", "远行双肩包 aurora 30l"),
            ("  %_'\"*()[]{}~^:+-&&||!  ", ""),
            ("a\u{0}b\tc\u{1f600}d", "a b c d"),
        ] {
            assert_eq!(normalise(text), plain, "{text}");
        }
    }

    #[test]
    fn chinese_is_cut_into_pairs_and_words_stay_whole() {
        let words = |terms: Vec<Term>| -> Vec<String> {
            let text = |term| match term {
                Term::Word(text) | Term::Han(text) => text,
            };
            terms.into_iter().map(text).collect()
        };
        assert_eq!(
            words(question_terms("双肩包 t恤 aurora")),
            ["双肩", "肩包", "t", "恤", "aurora"]
        );
        assert_eq!(words(index_terms("双肩包")), ["双", "肩", "包", "双肩", "肩包"]);
        assert!(question_terms(&normalise_question(&"很长的问题".repeat(3000))).len() <= MAX_TERMS);
    }
}
