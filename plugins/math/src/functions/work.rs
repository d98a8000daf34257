//! Work for the processor: how fast is a module, and what does a time limit do?

use serde_json::{Value, json};

use crate::arguments;

/// Beyond this nobody waits for the answer.
const MAX_FIBONACCI: u64 = 60;
/// Larger sieves would need more memory than a plugin has by default: this one takes 12 MiB.
const MAX_SIEVE: u64 = 200_000_000;

/// The n-th Fibonacci number by plain recursion: `{"n": 32}` is a few million calls.
pub fn fibonacci(args: &Value) -> Result<Value, String> {
    fn of(n: u64) -> u64 {
        if n < 2 { n } else { of(n - 1) + of(n - 2) }
    }
    let n = arguments::count(args, 0, "n", 30)?;
    if n > MAX_FIBONACCI {
        return Err(format!("`n` is larger than {MAX_FIBONACCI}: {n}"));
    }
    Ok(json!(of(n)))
}

/// How many primes there are below a limit, and the largest of them: `{"limit": 1000000}`.
pub fn primes(args: &Value) -> Result<Value, String> {
    let limit = arguments::count(args, 0, "limit", 1_000_000)?;
    if limit > MAX_SIEVE {
        return Err(format!("`limit` is larger than {MAX_SIEVE}: {limit}"));
    }
    let (mut count, mut largest) = if limit > 2 { (1, Some(2)) } else { (0, None) };
    for prime in odd_primes(limit as usize) {
        count += 1;
        largest = Some(prime);
    }
    Ok(json!({ "count": count, "largest": largest }))
}

/// The sieve of Eratosthenes, a bit for each odd number.
fn odd_primes(limit: usize) -> impl Iterator<Item = usize> {
    let odd = limit / 2;
    let mut composite = vec![0_u64; odd / 64 + 1];
    let mut number = 3;
    while number * number < limit {
        if composite[number / 128] >> (number / 2 % 64) & 1 == 0 {
            for multiple in (number * number / 2..odd).step_by(number) {
                composite[multiple / 64] |= 1 << (multiple % 64);
            }
        }
        number += 2;
    }
    let is_prime = move |half: &usize| composite[half / 64] >> (half % 64) & 1 == 0;
    (1..odd).filter(is_prime).map(|half| 2 * half + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_fibonacci() {
        assert_eq!(fibonacci(&json!([0])), Ok(json!(0)));
        assert_eq!(fibonacci(&json!({"n": 20})), Ok(json!(6765)));
        assert!(fibonacci(&json!([61])).is_err() && fibonacci(&json!([-1])).is_err());
    }

    #[test]
    fn primes_are_those_of_trial_division() {
        let is_prime = |n: u64| n > 1 && !(2..n).any(|divisor| n.is_multiple_of(divisor));
        for limit in (0..300).chain([1000]) {
            let expected: Vec<u64> = (0..limit).filter(|n| is_prime(*n)).collect();
            let got = primes(&json!([limit])).unwrap();
            assert_eq!(got["count"], expected.len(), "{limit}");
            assert_eq!(got["largest"], json!(expected.last()), "{limit}");
        }
        assert_eq!(
            primes(&json!([1_000_000])).unwrap(),
            json!({"count": 78498, "largest": 999983})
        );
    }
}
