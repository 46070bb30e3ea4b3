//! Concurrent pieces of work of one kind, done together: whoever waits for a free lane works for all who wait.
//!
//! A commit waits for the disk whether it carries one change or fifty. Nobody is made to wait for company: the first
//! to come begins at once, and those who come meanwhile are the next batch.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, oneshot};

/// Collects questions that are answered in batches.
#[derive(Debug)]
pub struct Batcher<Q, A> {
    waiting: Mutex<VecDeque<Waiting<Q, A>>>,
    lanes: Semaphore,
    limits: Limits,
}

/// How much a [`Batcher`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Batches worked on at the same time.
    pub lanes: usize,
    /// Largest weight of a batch; a single question may weigh more.
    pub batch_weight: usize,
    /// Most questions that wait.
    pub queue: usize,
}

/// Why a question got no answer. It had no effect when the queue was full, and may have had one when it was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// Too many wait already.
    #[error("too many wait already")]
    QueueFull,
    /// The batch came to nothing, or its outcome is unknown.
    #[error("the batch brought no answer")]
    Lost,
}

#[derive(Debug)]
struct Waiting<Q, A> {
    question: Q,
    weight: usize,
    answer_to: oneshot::Sender<A>,
}

impl<Q, A> Batcher<Q, A> {
    /// An empty one.
    pub fn new(limits: Limits) -> Self {
        Self {
            waiting: Mutex::default(),
            lanes: Semaphore::new(limits.lanes),
            limits,
        }
    }

    /// Hands in `question`, which weighs `weight`, and waits for its answer. `work` answers a batch: one answer for each
    /// question, in their order, or none at all. It is called by one of those who wait, for all of them.
    ///
    /// # Errors
    /// When the queue is full, or when `work` gave this question no answer.
    pub async fn ask<F, Work>(&self, question: Q, weight: usize, work: F) -> Result<A, NoAnswer>
    where
        F: Fn(Vec<Q>) -> Work,
        Work: Future<Output = Vec<A>>,
    {
        let mut answer = self.enter(question, weight)?;
        loop {
            let lane = tokio::select! {
                biased;
                told = &mut answer => return told.map_err(lost),
                lane = self.lanes.acquire() => lane,
            };
            // Others that are about to hand in their questions come along.
            tokio::task::yield_now().await;
            let batch = self.next_batch();
            if batch.is_empty() {
                // Another lane works on ours.
                drop(lane);
                return answer.await.map_err(lost);
            }
            // Ours is among them, unless more waited before us than one batch takes.
            answer_all(batch, &work).await;
        }
    }

    fn enter(&self, question: Q, weight: usize) -> Result<oneshot::Receiver<A>, NoAnswer> {
        let mut waiting = self.waiting();
        if waiting.len() >= self.limits.queue {
            return Err(NoAnswer::QueueFull);
        }
        let (answer_to, answer) = oneshot::channel();
        waiting.push_back(Waiting {
            question,
            weight,
            answer_to,
        });
        Ok(answer)
    }

    fn next_batch(&self) -> Vec<Waiting<Q, A>> {
        let mut waiting = self.waiting();
        let (mut batch, mut weight) = (Vec::new(), 0);
        while let Some(next) = waiting.pop_front() {
            weight += next.weight;
            if !batch.is_empty() && weight > self.limits.batch_weight {
                waiting.push_front(next);
                break;
            }
            // Whoever gave up waiting wants no effect either.
            if !next.answer_to.is_closed() {
                batch.push(next);
            }
        }
        batch
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Waiting<Q, A>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn answer_all<Q, A, F, Work>(batch: Vec<Waiting<Q, A>>, work: &F)
where
    F: Fn(Vec<Q>) -> Work,
    Work: Future<Output = Vec<A>>,
{
    let (questions, askers): (Vec<Q>, Vec<_>) = batch
        .into_iter()
        .map(|waiting| (waiting.question, waiting.answer_to))
        .unzip();
    // An asker that gets no answer sees its sender dropped.
    for (asker, answer) in askers.into_iter().zip(work(questions).await) {
        drop(asker.send(answer));
    }
}

fn lost(_: oneshot::error::RecvError) -> NoAnswer {
    NoAnswer::Lost
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use futures_util::future::join_all;
    use tokio::sync::Notify;

    use super::*;

    const LIMITS: Limits = Limits {
        lanes: 1,
        batch_weight: 10,
        queue: 100,
    };

    /// Asks `questions` at once; answers the answers, and the sizes of the batches.
    async fn ask_all(
        limits: Limits,
        questions: Vec<(u32, usize)>,
    ) -> (Vec<Result<u32, NoAnswer>>, Vec<usize>) {
        let batcher = Batcher::new(limits);
        let sizes = Mutex::new(Vec::new());
        let double = |batch: Vec<u32>| {
            sizes.lock().unwrap().push(batch.len());
            async move {
                tokio::task::yield_now().await;
                batch.into_iter().map(|number| number * 2).collect()
            }
        };
        let asked = questions
            .into_iter()
            .map(|(number, weight)| batcher.ask(number, weight, double));
        let answers = join_all(asked).await;
        (answers, sizes.into_inner().unwrap())
    }

    #[tokio::test]
    async fn each_gets_its_own_answer_and_many_share_a_batch() {
        let (answers, sizes) = ask_all(LIMITS, (0..35).map(|number| (number, 1)).collect()).await;
        assert_eq!(answers, (0..35).map(|number| Ok(number * 2)).collect::<Vec<_>>());
        assert_eq!(sizes, [10, 10, 10, 5]);
    }

    #[tokio::test]
    async fn one_alone_is_answered_alone_and_a_heavy_one_too() {
        let (answers, sizes) = ask_all(LIMITS, vec![(1, 99), (2, 99), (3, 1)]).await;
        assert_eq!(answers, [Ok(2), Ok(4), Ok(6)]);
        assert_eq!(sizes, [1, 1, 1]);
    }

    #[tokio::test]
    async fn a_full_queue_turns_away() {
        let limits = Limits { queue: 2, ..LIMITS };
        let (answers, _) = ask_all(limits, vec![(1, 1), (2, 1), (3, 1)]).await;
        assert_eq!(answers, [Ok(2), Ok(4), Err(NoAnswer::QueueFull)]);
    }

    #[tokio::test]
    async fn a_batch_without_answers_leaves_nobody_waiting() {
        let batcher = Batcher::<u32, u32>::new(LIMITS);
        let asked = (0..3).map(|number| batcher.ask(number, 1, |_| async { Vec::new() }));
        assert_eq!(join_all(asked).await, [Err(NoAnswer::Lost); 3]);
    }

    #[tokio::test]
    async fn those_who_come_meanwhile_are_the_next_batch() {
        let batcher = Arc::new(Batcher::<u32, usize>::new(LIMITS));
        let gate = Arc::new(Notify::new());
        let work = |batch: Vec<u32>| {
            let gate = gate.clone();
            async move {
                if batch.contains(&0) {
                    gate.notified().await;
                }
                vec![batch.len(); batch.len()]
            }
        };
        let first = batcher.ask(0, 1, work);
        let later = async {
            tokio::task::yield_now().await;
            tokio::task::yield_now().await;
            let asked = join_all((1..5).map(|number| batcher.ask(number, 1, work)));
            let open = async {
                tokio::task::yield_now().await;
                gate.notify_one();
            };
            tokio::join!(asked, open).0
        };
        let (first, later) = tokio::join!(first, later);
        assert_eq!((first, later), (Ok(1), vec![Ok(4); 4]));
    }
}
