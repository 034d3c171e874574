/** Notification of receivers that were written for the webhook of Prometheus Alertmanager. */
@NullMarked
package io.growalert.dispatcher.handler.alertmanager;

import org.jspecify.annotations.NullMarked;
