package io.growalert.gateway;

import java.time.Instant;

/** The session of a browser, sealed in its cookie. The operator's role is not in it. */
sealed interface BrowserSession {
    /** Of the operator. */
    String name();

    Instant expiresAt();

    /** @param tokenId of the token with which the operator signed in, see {@link TokenDigest#id} */
    record ByToken(String name, String tokenId, Instant expiresAt) implements BrowserSession {}

    /** @param group of the OIDC provider that gave the operator a role */
    record ByGroup(String name, String group, Instant expiresAt) implements BrowserSession {}
}
