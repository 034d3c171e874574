package io.growalert.standalone;

/** Where the room example's readings go. */
interface ReadingStore extends AutoCloseable {
    /** Makes what is missing for them. */
    void prepare() throws Exception;

    void write(Reading reading) throws Exception;

    @Override
    void close();
}
