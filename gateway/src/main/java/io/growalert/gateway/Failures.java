package io.growalert.gateway;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/** Why a backend gave no response. */
final class Failures {
    private Failures() {}

    static GatewayProblem problem(Throwable failure) {
        return switch (failure) {
            // a connect timeout is a SocketTimeoutException
            case ConnectException _,
                    SocketTimeoutException _,
                    UnknownHostException _,
                    NoRouteToHostException _,
                    UnresolvedAddressException _ -> GatewayProblem.BACKEND_UNAVAILABLE;
            case TimeoutException _ -> GatewayProblem.BACKEND_TIMEOUT;
            case RejectedExecutionException _ -> GatewayProblem.BACKEND_BUSY;
            default -> GatewayProblem.BACKEND_FAILED;
        };
    }

    /** Whether the backend closed the connection. */
    static boolean isClosed(Throwable failure) {
        return failure instanceof EOFException
                || failure instanceof ClosedChannelException
                || failure instanceof SocketException
                || (failure.getCause() != null && isClosed(failure.getCause()));
    }
}
