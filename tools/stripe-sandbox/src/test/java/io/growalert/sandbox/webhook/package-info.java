@NullMarked
package io.growalert.sandbox.webhook;

import org.jspecify.annotations.NullMarked;
