/**
 * The contract of the topics: the values as records, the topics with their settings, JSON and the CloudEvents headers.
 * Everything a foreign consumer needs is here and in {@code asyncapi.yaml}, which is in the same jar.
 */
@NullMarked
package io.growalert.events;

import org.jspecify.annotations.NullMarked;
