//! How far two words are apart: letters to insert, delete, change, or swap with their neighbour.

/// Whether `word` becomes `other` by at most `most` such steps.
pub(super) fn is_near(word: &[char], other: &str, most: usize) -> bool {
    let other: Vec<char> = other.chars().collect();
    if word.len().abs_diff(other.len()) > most {
        return false;
    }
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    for (i, letter) in word.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, against) in other.iter().enumerate() {
            let changed = last[j] + usize::from(letter != against);
            let mut steps = changed.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *letter == other[j - 1] && word[i - 1] == *against {
                steps = steps.min(before_last[j - 1] + 1);
            }
            row.push(steps);
        }
        if row.iter().all(|steps| *steps > most) {
            return false;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[other.len()] <= most
}

/// How many steps a typed word may be away from the one that was meant: none in short words and in numbers.
pub(super) fn forgiven(word: &str) -> usize {
    if word.chars().any(|c| !c.is_alphabetic()) {
        return 0;
    }
    match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let near = |word: &str, other, most| is_near(&word.chars().collect::<Vec<_>>(), other, most);
        for other in ["aurora", "aurra", "aurorra", "airora", "uarora"] {
            assert!(near("aurora", other, 1), "{other}");
        }
        for other in ["arrora2", "harbor", "au", ""] {
            assert!(!near("aurora", other, 1), "{other}");
        }
        assert!(near("headphnoes", "headphones", 1));
        assert!(near("hedphnoes", "headphones", 2));
        assert_eq!(
            [
                forgiven("pen"),
                forgiven("30l0"),
                forgiven("ember"),
                forgiven("headphones")
            ],
            [0, 0, 1, 2]
        );
    }
}
