package io.growalert.billing.records;

/**
 * The customers whose id, e-mail address or name begins with a text. Addresses and names match in lower and upper case; an id is
 * compared unchanged.
 */
final class CustomerSearch {
    /** Of a customer {@code c}, with the parameter {@code search}. By operators that an index answers whatever the parameter is. */
    static final String CONDITION = """
            (c.id ~>=~ :search and c.id ~<~ (:search || chr(1114111))
             or lower(c.email) ~>=~ lower(:search) and lower(c.email) ~<~ (lower(:search) || chr(1114111))
             or lower(c.name) ~>=~ lower(:search) and lower(c.name) ~<~ (lower(:search) || chr(1114111)))
            """;

    private CustomerSearch() {}
}
