package io.growalert.billing.fetch;

/** The outcome of a fetch, a tag of {@code growalert.ledger.fetched}. */
enum FetchOutcome {
    FOUND("found"),
    /** The object belongs to other software that uses the same Stripe account. */
    FOREIGN("foreign"),
    /** Its parent must be fetched first. */
    ORPHANED("orphaned"),
    /** Stripe does not know the object. */
    GONE("gone"),
    /** Stripe does not show the object to our key. */
    REFUSED("refused"),
    /** The object is malformed, or the database rejects its record. */
    BAD("bad"),
    /** Stripe is unreachable; the fetch is retried. */
    UNAVAILABLE("unavailable");

    private final String text;

    FetchOutcome(String text) {
        this.text = text;
    }

    String text() {
        return text;
    }
}
