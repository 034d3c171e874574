/** Who is told, as the definition files say. */
@NullMarked
package io.growalert.dispatcher.receiver;

import org.jspecify.annotations.NullMarked;
