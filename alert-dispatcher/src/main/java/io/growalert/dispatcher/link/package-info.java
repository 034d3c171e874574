/** Signed links in messages, which acknowledge what these are about. */
@NullMarked
package io.growalert.dispatcher.link;

import org.jspecify.annotations.NullMarked;
