/** The pages in a real browser, against the complete system. */
@NullMarked
package io.growalert.browser;

import org.jspecify.annotations.NullMarked;
