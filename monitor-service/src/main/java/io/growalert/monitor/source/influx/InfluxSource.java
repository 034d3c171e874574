package io.growalert.monitor.source.influx;

import com.influxdb.client.InfluxDBClient;
import com.influxdb.client.InfluxDBClientFactory;
import com.influxdb.client.InfluxDBClientOptions;
import com.influxdb.client.service.InfluxQLQueryService;
import com.influxdb.client.service.PingService;
import com.influxdb.client.service.QueryService;
import io.growalert.evaluation.threshold.Row;
import io.growalert.events.CheckError;
import io.growalert.monitor.source.Query;
import io.growalert.monitor.source.Source;
import io.growalert.monitor.source.SourceException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import okhttp3.Credentials;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;

/**
 * Uses the client's services and not its query interfaces: those have no timeout per query, accept a truncated answer as complete,
 * and drop the error in a JSON answer.
 */
final class InfluxSource implements Source {
    /** The maximum bytes of an answer. */
    static final long MAX_BYTES = 32L * 1024 * 1024;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);

    private final InfluxConfig config;
    private final InfluxDBClient client;
    private final InfluxQLQueryService influxQl;
    private final QueryService flux;
    private final PingService ping;

    InfluxSource(InfluxConfig config) {
        this.config = config;
        var http = new OkHttpClient.Builder()
                .protocols(List.of(Protocol.HTTP_1_1))
                .connectTimeout(CONNECT_TIMEOUT)
                // the call's timeout, which is the query's, includes reading and writing
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .addInterceptor(new LimitedBody(MAX_BYTES));
        var options = InfluxDBClientOptions.builder().url(config.url()).okHttpClient(http);
        if (config.token() != null) {
            options.authenticateToken(config.token().value().toCharArray());
        } else if (config.username() != null) {
            var password = config.password() == null ? "" : config.password().value();
            var basic = Credentials.basic(config.username(), password);
            http.addInterceptor(chain -> chain.proceed(
                    chain.request().newBuilder().header("Authorization", basic).build()));
        }
        client = InfluxDBClientFactory.create(options.build());
        influxQl = client.getService(InfluxQLQueryService.class);
        flux = client.getService(QueryService.class);
        ping = client.getService(PingService.class);
    }

    @Override
    public List<Row> query(Query query) throws SourceException, InterruptedException {
        var language = Language.named(query.language())
                .orElseThrow(() -> refused("an influx source does not support " + query.language()));
        var problem = language.problemWith(config, query.text());
        if (problem.isPresent()) {
            throw refused(problem.get());
        }
        var text = text(language, query);
        return switch (language) {
            case INFLUXQL ->
                answer(
                        influxQl.query(
                                text, config.database(), config.retentionPolicy(), null, null, "application/json"),
                        query.timeout(),
                        InfluxQlAnswer::rows);
            case FLUX ->
                answer(
                        flux.postQueryResponseBody(
                                null,
                                null,
                                "application/json",
                                config.org(),
                                null,
                                new com.influxdb.client.domain.Query()
                                        .query(text)
                                        .dialect(FluxAnswer.DIALECT)),
                        query.timeout(),
                        FluxAnswer::rows);
        };
    }

    /** Any status below 500 counts: a version that requires a token here responds with 401, and is alive. */
    @Override
    public void probe(Duration limit) throws SourceException, InterruptedException {
        var call = ping.getPing();
        call.timeout().timeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        try {
            int status = call.execute().code();
            if (status >= 500) {
                throw new SourceException(CheckError.Kind.SOURCE, "InfluxDB answered %d to a ping".formatted(status));
            }
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw failed(e);
        } finally {
            call.cancel();
        }
    }

    private static String text(Language language, Query query) throws SourceException {
        var text = language.parse(query.text());
        var from = query.from();
        if (from == null && text.uses("from")) {
            throw refused("the query uses :from, but the monitor has no window");
        }
        return text.render(code -> code, name -> language.time(String.valueOf(name.equals("from") ? from : query.to())))
                .text();
    }

    /** Reads the rows of a successful answer. */
    private interface Reading {
        List<Row> rows(ResponseBody body) throws IOException, SourceException;
    }

    private static List<Row> answer(Call<ResponseBody> call, Duration timeout, Reading reading)
            throws SourceException, InterruptedException {
        call.timeout().timeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        try {
            var response = call.execute();
            try (var body = response.isSuccessful() ? response.body() : response.errorBody()) {
                if (body == null) {
                    throw new SourceException(CheckError.Kind.SOURCE, "InfluxDB sent an empty answer");
                }
                if (!response.isSuccessful()) {
                    throw failed(response, body);
                }
                return reading.rows(body);
            }
        } catch (IOException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw failed(e);
        } finally {
            call.cancel();
        }
    }

    private static SourceException failed(Response<?> response, ResponseBody body) throws IOException {
        var message = "InfluxDB answered %d: %s".formatted(response.code(), ErrorBody.message(body));
        // a proxy has the same message for an unreachable server
        boolean isProxy = response.code() == 502 || response.code() == 504;
        if (!isProxy && Canceled.isMeantBy(message)) {
            return SourceException.canceled(message, null);
        }
        return switch (response.code()) {
            case 400, 404, 405, 413, 422 -> new SourceException(CheckError.Kind.QUERY, message);
            default -> new SourceException(CheckError.Kind.SOURCE, message);
        };
    }

    private static SourceException failed(IOException e) {
        return switch (e) {
            case LimitedBody.TooLarge tooLarge ->
                new SourceException(CheckError.Kind.QUERY, String.valueOf(tooLarge.getMessage()), e);
            case InterruptedIOException _ -> new SourceException(CheckError.Kind.TIMEOUT, "InfluxDB timed out", e);
            default -> new SourceException(CheckError.Kind.SOURCE, "InfluxDB is unreachable: " + e.getMessage(), e);
        };
    }

    private static SourceException refused(String message) {
        return new SourceException(CheckError.Kind.QUERY, message);
    }

    @Override
    public void close() {
        client.close();
    }
}
