//! Tests of what is signed.
