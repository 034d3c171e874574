package io.growalert.monitor.source.influx;

import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.ForwardingSource;
import okio.Okio;

/** Aborts an answer larger than {@code limit} bytes, uncompressed: the client holds it in memory as a whole. */
record LimitedBody(long limit) implements Interceptor {
    /** An answer is too large. */
    static final class TooLarge extends IOException {
        TooLarge(long limit) {
            super("the answer has more than %d MiB".formatted(limit >> 20));
        }
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        var response = chain.proceed(chain.request());
        var body = response.body();
        if (body == null) {
            return response;
        }
        var limited = new ForwardingSource(body.source()) {
            private long left = limit;

            @Override
            public long read(Buffer sink, long byteCount) throws IOException {
                long read = super.read(sink, byteCount);
                left -= Math.max(0, read);
                if (left < 0) {
                    throw new TooLarge(limit);
                }
                return read;
            }
        };
        return response.newBuilder()
                .body(ResponseBody.create(Okio.buffer(limited), body.contentType(), body.contentLength()))
                .build();
    }
}
