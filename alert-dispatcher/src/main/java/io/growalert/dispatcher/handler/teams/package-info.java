/** Notification in Microsoft Teams by a workflow. */
@NullMarked
package io.growalert.dispatcher.handler.teams;

import org.jspecify.annotations.NullMarked;
