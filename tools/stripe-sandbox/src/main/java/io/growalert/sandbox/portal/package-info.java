/** The customer portal: sessions, and the page that a session leads to. */
@NullMarked
package io.growalert.sandbox.portal;

import org.jspecify.annotations.NullMarked;
