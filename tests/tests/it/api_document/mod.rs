//! That the API document is true: its routes are the services' routes, its codes theirs, its fields the contract's; and
//! that what it says of permission and envelopes holds for every operation in it.

mod codes;
mod compatible;
mod refusals;
mod routes;
mod served;
