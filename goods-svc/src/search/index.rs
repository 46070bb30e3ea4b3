//! Who has which term: SKUs in numbered places, and for each term the places of those that have it.

use std::collections::{BTreeMap, HashMap};

use common::contracts::ids::SkuId;
use common::money::Fen;

use super::text::{self, Term};
use crate::domain::search::SearchDoc;

/// Where in a SKU a term stands, as bits.
pub(super) const IN_NAME: u32 = 1;
/// In a value of an attribute, or the name of its category or brand.
pub(super) const IN_LABEL: u32 = 2;
/// In its caption.
pub(super) const IN_CAPTION: u32 = 4;
/// Bits of a posting that say where; the others are the SKU's place.
const WHERE_BITS: u32 = 3;

/// So many dead places are nothing.
const DEAD_PLACES: usize = 1024;

/// A place and where the term stands in its SKU, in one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting(u32);

/// A SKU in the index.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) sku_id: SkuId,
    /// Normalised.
    pub(super) name: Box<str>,
    pub(super) catalog_id: i64,
    pub(super) brand_id: i64,
    pub(super) price: Fen,
    pub(super) sales: i64,
}

/// The index.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// A place whose SKU has changed or gone stays empty.
    places: Vec<Option<Entry>>,
    by_id: HashMap<SkuId, u32>,
    words: BTreeMap<Box<str>, Vec<Posting>>,
    han: HashMap<Box<str>, Vec<Posting>>,
}

impl Posting {
    fn new(place: u32, place_in_sku: u32) -> Self {
        Self(place << WHERE_BITS | place_in_sku)
    }

    pub(super) fn place(self) -> usize {
        (self.0 >> WHERE_BITS) as usize
    }

    /// Bits [`IN_NAME`], [`IN_LABEL`], [`IN_CAPTION`].
    pub(super) fn stands_in(self) -> u32 {
        self.0 & ((1 << WHERE_BITS) - 1)
    }
}

impl Index {
    /// How many SKUs there are.
    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Puts a SKU in, in place of what was known of it.
    pub(crate) fn put(&mut self, doc: SearchDoc) {
        self.remove(doc.sku_id);
        let Ok(place) = u32::try_from(self.places.len()) else {
            return;
        };
        let name = text::normalise(&doc.name);
        for (term, stands_in) in terms(&doc, &name) {
            let posting = Posting::new(place, stands_in);
            match term {
                Term::Word(word) => self.words.entry(word.into()).or_default().push(posting),
                Term::Han(han) => self.han.entry(han.into()).or_default().push(posting),
            }
        }
        self.by_id.insert(doc.sku_id, place);
        self.places.push(Some(Entry {
            sku_id: doc.sku_id,
            name: name.into(),
            catalog_id: doc.catalog_id,
            brand_id: doc.brand_id,
            price: doc.price,
            sales: doc.sales,
        }));
    }

    /// Takes a SKU out, if it is in.
    pub(crate) fn remove(&mut self, sku_id: SkuId) {
        if let Some(place) = self.by_id.remove(&sku_id) {
            self.places[place as usize] = None;
        }
    }

    /// Whether so many places are dead that it should be built anew.
    pub(crate) fn is_untidy(&self) -> bool {
        self.places.len() > 2 * self.by_id.len() + DEAD_PLACES
    }

    /// The number of places, dead ones included.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// The SKU at a place, unless it has gone.
    pub(super) fn entry(&self, place: usize) -> Option<&Entry> {
        self.places.get(place)?.as_ref()
    }

    /// Who has these Chinese characters.
    pub(super) fn han(&self, text: &str) -> &[Posting] {
        self.han.get(text).map_or(&[], Vec::as_slice)
    }

    /// Who has exactly this word.
    pub(super) fn word(&self, word: &str) -> &[Posting] {
        self.words.get(word).map_or(&[], Vec::as_slice)
    }

    /// The words that begin with `word`, but for itself, and who has them.
    pub(super) fn longer_words(&self, word: &str) -> impl Iterator<Item = (&str, &[Posting])> {
        let after = self
            .words
            .range::<str, _>((std::ops::Bound::Excluded(word), std::ops::Bound::Unbounded));
        after
            .take_while(move |(longer, _)| longer.starts_with(word))
            .map(|(longer, postings)| (&**longer, postings.as_slice()))
    }

    /// Every word and who has it.
    pub(super) fn words(&self) -> impl Iterator<Item = (&str, &[Posting])> {
        self.words
            .iter()
            .map(|(word, postings)| (&**word, postings.as_slice()))
    }
}

/// The terms of a SKU, each once, and where they stand.
fn terms(doc: &SearchDoc, name: &str) -> HashMap<Term, u32> {
    let mut terms: HashMap<Term, u32> = HashMap::new();
    let mut add = |normalised: &str, stands_in| {
        for term in text::index_terms(normalised) {
            *terms.entry(term).or_default() |= stands_in;
        }
    };
    add(name, IN_NAME);
    add(&text::normalise(&doc.caption), IN_CAPTION);
    for label in &doc.labels {
        add(&text::normalise(label), IN_LABEL);
    }
    terms
}
