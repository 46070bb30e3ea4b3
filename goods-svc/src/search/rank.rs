//! Finding and ordering: first by how the name fits (it is the question, begins with it, contains it), then by how well
//! and where the terms stand, then by sales.

use std::cmp::Reverse;

use common::contracts::ids::SkuId;

use super::index::{Entry, IN_CAPTION, IN_LABEL, IN_NAME, Index, Posting};
use super::text::{self, Term};
use super::typo;
use crate::domain::search::{Found, SearchRequest, Sort};

/// How well a term of the question fits one of a SKU.
const IS_THE_WORD: u16 = 3;
const BEGINS_WITH_IT: u16 = 2;
const IS_NEAR_IT: u16 = 1;

/// Words that one beginning or one typo may stand for.
const MOST_WORDS: usize = 200;

/// What is known of a place while a question is answered.
#[derive(Clone, Copy, Default)]
struct Score {
    /// How many terms of the question it has; a term is counted once.
    terms: u16,
    /// The last term that was counted, from 1.
    last: u16,
    /// Points of the last term, which a better fit may raise.
    last_points: u16,
    /// Points of all terms.
    points: u32,
}

/// Answers a question. What has all its terms is a hit; if nothing has, what has the most of them and at least half.
pub(super) fn find(index: &Index, request: &SearchRequest) -> Found {
    let question = text::normalise_question(&request.text);
    let terms = text::question_terms(&question);
    if terms.is_empty() {
        return Found::default();
    }
    let mut scores = vec![Score::default(); index.places()];
    for (number, term) in terms.iter().enumerate() {
        collect(
            index,
            term,
            u16::try_from(number + 1).unwrap_or(u16::MAX),
            &mut scores,
        );
    }
    let mut hits = hits(index, request, &scores, terms.len());
    let key = |hit: &Hit<'_>| key(hit, &question, request.sort);
    let mut keyed: Vec<(Key, SkuId)> = hits.drain(..).map(|hit| (key(&hit), hit.entry.sku_id)).collect();
    let total = keyed.len();
    let end = total.min(request.offset.saturating_add(request.size));
    if end > 0 && end < total {
        keyed.select_nth_unstable(end - 1);
        keyed.truncate(end);
    }
    keyed.sort_unstable();
    let page = keyed.into_iter().skip(request.offset);
    Found {
        total,
        sku_ids: page.map(|(_, sku_id)| sku_id).collect(),
    }
}

/// Counts a term for every place that has it.
fn collect(index: &Index, term: &Term, number: u16, scores: &mut [Score]) {
    let mut is_found = false;
    let mut count = |postings: &[Posting], fit: u16| {
        is_found |= !postings.is_empty();
        for posting in postings {
            scores[posting.place()].count(number, fit * points(posting.stands_in()));
        }
    };
    match term {
        Term::Han(han) => count(index.han(han), IS_THE_WORD),
        Term::Word(word) => {
            count(index.word(word), IS_THE_WORD);
            for (_, postings) in index.longer_words(word).take(MOST_WORDS) {
                count(postings, BEGINS_WITH_IT);
            }
        }
    }
    let Term::Word(word) = term else { return };
    let most = typo::forgiven(word);
    if !is_found && most > 0 {
        let letters: Vec<char> = word.chars().collect();
        let near = index
            .words()
            .filter(|(other, _)| typo::is_near(&letters, other, most));
        for (_, postings) in near.take(MOST_WORDS) {
            for posting in postings {
                scores[posting.place()].count(number, IS_NEAR_IT * points(posting.stands_in()));
            }
        }
    }
}

/// A term in the name says more than one in a label, and that more than one in the caption.
fn points(stands_in: u32) -> u16 {
    let point = |bit, points| if stands_in & bit == 0 { 0 } else { points };
    point(IN_NAME, 8) + point(IN_LABEL, 4) + point(IN_CAPTION, 1)
}

impl Score {
    fn count(&mut self, term: u16, points: u16) {
        if self.last == term {
            let better = points.saturating_sub(self.last_points);
            self.last_points += better;
            self.points += u32::from(better);
        } else {
            self.last = term;
            self.last_points = points;
            self.terms += 1;
            self.points += u32::from(points);
        }
    }
}

struct Hit<'a> {
    entry: &'a Entry,
    points: u32,
}

fn hits<'a>(index: &'a Index, request: &SearchRequest, scores: &[Score], terms: usize) -> Vec<Hit<'a>> {
    let admitted = |place| {
        let entry = index.entry(place)?;
        let filter = &request.filter;
        filter
            .admits(entry.catalog_id, entry.brand_id, entry.price)
            .then_some(entry)
    };
    let with = |wanted: usize| -> Vec<Hit<'a>> {
        let places = scores.iter().enumerate();
        let fitting = places.filter(|(_, score)| usize::from(score.terms) == wanted);
        let hits = fitting.filter_map(|(place, score)| {
            Some(Hit {
                entry: admitted(place)?,
                points: score.points,
            })
        });
        hits.collect()
    };
    let mut wanted = terms;
    loop {
        let hits = with(wanted);
        if !hits.is_empty() || wanted <= terms.div_ceil(2) {
            return hits;
        }
        wanted -= 1;
    }
}

/// The smallest comes first.
type Key = (i64, Reverse<u8>, Reverse<u32>, Reverse<i64>, SkuId);

fn key(hit: &Hit<'_>, question: &str, sort: Sort) -> Key {
    let entry = hit.entry;
    let (sales, id) = (Reverse(entry.sales), entry.sku_id);
    match sort {
        Sort::Relevance => (
            0,
            Reverse(fit_of_name(&entry.name, question)),
            Reverse(hit.points),
            sales,
            id,
        ),
        Sort::PriceAscending => (entry.price.0, Reverse(0), Reverse(0), sales, id),
        Sort::PriceDescending => (-entry.price.0, Reverse(0), Reverse(0), sales, id),
        Sort::Sales => (0, Reverse(0), Reverse(0), sales, id),
    }
}

/// 3: the name is the question; 2: begins with it; 1: contains it.
fn fit_of_name(name: &str, question: &str) -> u8 {
    match name.find(question) {
        Some(0) if name.len() == question.len() => 3,
        Some(0) => 2,
        Some(_) => 1,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::search::{Filter, SearchDoc};
    use common::money::Fen;

    fn doc(id: i64, name: &str, caption: &str, sales: i64) -> SearchDoc {
        SearchDoc {
            sku_id: SkuId(id),
            name: name.to_owned(),
            caption: caption.to_owned(),
            labels: vec!["箱包出行".into(), "山雀行囊".into(), "墨绿".into()],
            catalog_id: id % 2,
            brand_id: 1,
            price: Fen(id * 100),
            sales,
        }
    }

    fn index() -> Index {
        let mut index = Index::default();
        for doc in [
            doc(1, "双肩包", "轻便", 0),
            doc(2, "双肩包 Aurora 30L", "轻便", 5),
            doc(3, "远行双肩包", "轻便", 9),
            doc(4, "帆布袋", "也可当双肩包", 100),
            doc(5, "Aurora 台灯", "暖光", 7),
            doc(6, "Harbor 台灯", "暖光", 8),
            doc(7, "Auroral 台灯", "暖光", 99),
        ] {
            index.put(doc);
        }
        index
    }

    fn request(text: &str) -> SearchRequest {
        SearchRequest {
            text: text.to_owned(),
            filter: Filter::default(),
            sort: Sort::Relevance,
            offset: 0,
            size: 10,
        }
    }

    fn ids(index: &Index, request: &SearchRequest) -> Vec<i64> {
        find(index, request).sku_ids.iter().map(|id| id.0).collect()
    }

    #[test]
    fn the_name_itself_comes_before_its_beginning_before_a_part_of_it_before_the_caption() {
        assert_eq!(ids(&index(), &request("双肩包")), [1, 2, 3, 4]);
        assert_eq!(ids(&index(), &request("肩包")), [3, 2, 1, 4]);
        assert_eq!(ids(&index(), &request("aurora 台灯")), [5, 7]);
    }

    #[test]
    fn sales_decide_between_equals() {
        assert_eq!(ids(&index(), &request("台灯")), [7, 6, 5]);
    }

    #[test]
    fn typos_in_words_are_forgiven_when_nothing_else_is_found() {
        for typed in ["harbor", "habor", "hrabor", "HARBOUR"] {
            assert_eq!(ids(&index(), &request(typed)), [6], "{typed}");
        }
        assert_eq!(ids(&index(), &request("31L")), [0; 0]);
        assert_eq!(ids(&index(), &request("auro")), [7, 5, 2]);
    }

    #[test]
    fn labels_find_and_too_many_terms_find_what_has_most() {
        assert_eq!(find(&index(), &request("山雀行囊")).total, 7);
        assert_eq!(ids(&index(), &request("墨绿双肩包")), [3, 2, 1, 4]);
        assert_eq!(ids(&index(), &request("aurora 台灯 不存在")), [5, 7]);
        assert_eq!(ids(&index(), &request("台灯 完全不存在")), [0; 0]);
        assert_eq!(ids(&index(), &request("harbor 台灯 nonsense")), [6]);
    }

    #[test]
    fn filters_sorts_and_pages_hold() {
        let index = index();
        let cheap = Filter {
            price_to: Some(Fen(300)),
            catalog_id: Some(1),
            ..Filter::default()
        };
        let filtered = SearchRequest {
            filter: cheap,
            ..request("双肩包")
        };
        assert_eq!(ids(&index, &filtered), [1, 3]);
        for (sort, expected) in [
            (Sort::PriceAscending, [1, 2, 3, 4]),
            (Sort::PriceDescending, [4, 3, 2, 1]),
            (Sort::Sales, [4, 3, 2, 1]),
        ] {
            let sorted = SearchRequest {
                sort,
                ..request("双肩包")
            };
            assert_eq!(ids(&index, &sorted), expected, "{sort:?}");
        }
        let second = SearchRequest {
            offset: 1,
            size: 2,
            ..request("双肩包")
        };
        let found = find(&index, &second);
        assert_eq!((found.total, found.sku_ids), (4, vec![SkuId(2), SkuId(3)]));
    }

    #[test]
    fn what_is_put_again_replaces_and_what_is_removed_is_gone() {
        let mut index = index();
        index.put(doc(1, "茶壶", "", 0));
        index.remove(SkuId(3));
        assert_eq!(ids(&index, &request("双肩包")), [2, 4]);
        assert_eq!(ids(&index, &request("茶壶")), [1]);
    }

    #[test]
    fn nonsense_finds_nothing_and_breaks_nothing() {
        let index = index();
        for text in [
            "",
            " ",
            "%",
            "_",
            "'\"",
            "\u{0}\u{7f}",
            "😀",
            "AND (",
            "*:*",
            "\\",
            "～",
        ] {
            assert_eq!(find(&index, &request(text)), Found::default(), "{text:?}");
        }
        find(&index, &request(&"包".repeat(10_000)));
        find(&index, &request(&"a ".repeat(10_000)));
    }
}
