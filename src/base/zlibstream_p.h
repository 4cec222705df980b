// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_ZLIBSTREAM_P_H
#define QTSOCKETIO_ZLIBSTREAM_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <memory>

struct z_stream_s;

namespace EngineIo::detail {

enum class ZlibFormat { Raw, Zlib, Gzip };

// Whether this build has zlib. Without it, the classes below are not used.
ENGINEIO_AUTOTEST_EXPORT bool hasZlib();

struct DeflateSettings
{
    int windowBits = 15; // 9 to 15
    int level = -1;      // 0 to 9; -1: zlib's choice
    int memLevel = 8;    // 1 to 9

    friend bool operator==(const DeflateSettings &a, const DeflateSettings &b)
    {
        return a.windowBits == b.windowBits && a.level == b.level && a.memLevel == b.memLevel;
    }
};

// Compresses (RFC 1950 to 1952). Takes (1 << (windowBits + 2)) + (1 << (memLevel + 9)) bytes.
class ENGINEIO_AUTOTEST_EXPORT Deflater
{
public:
    explicit Deflater(ZlibFormat format, const DeflateSettings &settings = {});
    ~Deflater();
    Q_DISABLE_COPY_MOVE(Deflater)

    // A whole stream.
    QByteArray deflate(QByteArrayView data);
    // The next part of a stream, which can be inflated without those that follow: it ends with the
    // empty block 00 00 ff ff.
    QByteArray deflatePart(QByteArrayView data);
    // The following data does not refer to previous data.
    void forget();

private:
    QByteArray run(QByteArrayView data, int flush);
    std::unique_ptr<z_stream_s> m_stream;
};

// Decompresses a raw stream in parts. Requires about 7 KiB and, after first use, 1 << windowBits
// bytes.
class ENGINEIO_AUTOTEST_EXPORT Inflater
{
public:
    enum class Status { Ok, TooBig, Malformed };

    explicit Inflater(int windowBits = 15); // 8 to 15
    ~Inflater();
    Q_DISABLE_COPY_MOVE(Inflater)

    // Appends the decompressed part, but at most maxSize bytes.
    Status inflatePart(QByteArrayView part, qsizetype maxSize, QByteArray *data);
    // Whether the last part was the end of a stream, so that the next begins another one.
    bool hasEnded() const { return m_ended; }
    void forget();

private:
    std::unique_ptr<z_stream_s> m_stream;
    bool m_ended = false;
};

// Decompresses a complete stream in zlib or gzip format, or a raw stream, which some servers send
// instead of zlib's. At most maxSize bytes are produced.
Inflater::Status inflateWhole(QByteArrayView stream, qsizetype maxSize, QByteArray *data);

} // namespace EngineIo::detail

#endif
