/** Groups: alerts that share messages to a receiver, and when these are formed. */
@NullMarked
package io.growalert.dispatcher.group;

import org.jspecify.annotations.NullMarked;
