/** The console in a real browser, against the real gateway; the services behind it are played by the test. */
@NullMarked
package io.growalert.browser.console;

import org.jspecify.annotations.NullMarked;
