// SPDX-License-Identifier: MIT
#include "base/zlibstream_p.h"

#include <QtCore/qglobal.h>

#include <algorithm>
#include <limits>

#ifdef QTSOCKETIO_ZLIB
#include <zlib.h>
#else
struct z_stream_s
{
};
#endif

namespace EngineIo::detail {

#ifdef QTSOCKETIO_ZLIB

namespace {

int bitsFor(ZlibFormat format, int windowBits)
{
    switch (format) {
    case ZlibFormat::Raw:
        return -windowBits;
    case ZlibFormat::Zlib:
        return windowBits;
    case ZlibFormat::Gzip:
        return windowBits + 16;
    }
    Q_UNREACHABLE();
}

// zlib counts in 32 bits.
uInt chunkOf(qsizetype size)
{
    return uInt(std::min<qsizetype>(size, std::numeric_limits<int>::max()));
}

void setInput(z_stream &stream, QByteArrayView *data)
{
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(data->data()));
    stream.avail_in = chunkOf(data->size());
    *data = data->sliced(qsizetype(stream.avail_in));
}

} // namespace

bool hasZlib()
{
    return true;
}

Deflater::Deflater(ZlibFormat format, const DeflateSettings &settings)
    : m_stream(std::make_unique<z_stream>())
{
    const int result = deflateInit2(m_stream.get(), std::clamp(settings.level, -1, 9), Z_DEFLATED,
                                    bitsFor(format, std::clamp(settings.windowBits, 9, 15)),
                                    std::clamp(settings.memLevel, 1, 9), Z_DEFAULT_STRATEGY);
    if (result != Z_OK)
        qBadAlloc(); // the arguments are right
    if (format == ZlibFormat::Gzip) {
        // The same bytes on all systems. zlib only reads it.
        static gz_header header = [] {
            gz_header unknownSystem = {};
            unknownSystem.os = 255;
            return unknownSystem;
        }();
        deflateSetHeader(m_stream.get(), &header);
    }
}

Deflater::~Deflater()
{
    deflateEnd(m_stream.get());
}

QByteArray Deflater::deflate(QByteArrayView data)
{
    QByteArray result = run(data, Z_FINISH);
    forget();
    return result;
}

QByteArray Deflater::deflatePart(QByteArrayView data)
{
    return run(data, Z_SYNC_FLUSH);
}

void Deflater::forget()
{
    deflateReset(m_stream.get());
}

QByteArray Deflater::run(QByteArrayView data, int flush)
{
    z_stream &stream = *m_stream;
    QByteArray result(qsizetype(data.size() / 4 + 64), Qt::Uninitialized);
    qsizetype size = 0;
    do {
        setInput(stream, &data);
        const int mode = data.isEmpty() ? flush : Z_NO_FLUSH;
        do {
            if (size == result.size())
                result.resize(result.size() * 2);
            stream.next_out = reinterpret_cast<Bytef *>(result.data() + size);
            stream.avail_out = chunkOf(result.size() - size);
            const uInt room = stream.avail_out;
            ::deflate(&stream, mode);
            size += qsizetype(room - stream.avail_out);
        } while (stream.avail_out == 0);
    } while (!data.isEmpty());
    result.truncate(size);
    return result;
}

Inflater::Inflater(int windowBits)
    : m_stream(std::make_unique<z_stream>())
{
    if (inflateInit2(m_stream.get(), -std::clamp(windowBits, 8, 15)) != Z_OK)
        qBadAlloc();
}

Inflater::~Inflater()
{
    inflateEnd(m_stream.get());
}

void Inflater::forget()
{
    inflateReset(m_stream.get());
}

Inflater::Status Inflater::inflatePart(QByteArrayView part, qsizetype maxSize, QByteArray *data)
{
    constexpr qsizetype Step = 16 * 1024;
    z_stream &stream = *m_stream;
    m_ended = false;
    do {
        setInput(stream, &part);
        do {
            const qsizetype size = data->size();
            if (size > maxSize)
                return Status::TooBig;
            // One byte more than may be used: if it is needed, the result is too large.
            const qsizetype room = std::min(std::max(Step, size), maxSize - size) + 1;
            data->resize(size + room);
            stream.next_out = reinterpret_cast<Bytef *>(data->data() + size);
            stream.avail_out = chunkOf(room);
            const uInt offered = stream.avail_out;
            const int result = ::inflate(&stream, Z_SYNC_FLUSH);
            data->truncate(size + qsizetype(offered - stream.avail_out));
            if (data->size() > maxSize)
                return Status::TooBig;
            if (result == Z_STREAM_END) {
                // A stream may end within a message, and nothing but a new one can follow.
                inflateReset(m_stream.get());
                m_ended = stream.avail_in == 0 && part.isEmpty();
                if (stream.avail_in == 0)
                    break;
                continue;
            }
            if (result != Z_OK && result != Z_BUF_ERROR)
                return Status::Malformed;
            if (result == Z_BUF_ERROR && stream.avail_out != 0)
                break; // all input is consumed
        } while (stream.avail_out == 0 || stream.avail_in != 0);
    } while (!part.isEmpty());
    return Status::Ok;
}

Inflater::Status inflateWhole(QByteArrayView stream, qsizetype maxSize, QByteArray *data)
{
    // A header of two bytes is a multiple of 31; gzip's begins with 1f 8b.
    const auto byteAt = [&](qsizetype i) { return stream.size() > i ? quint8(stream.at(i)) : 0; };
    const bool hasHeader = (byteAt(0) == 0x1f && byteAt(1) == 0x8b)
        || ((byteAt(0) & 0x0f) == 8 && (byteAt(0) * 256 + byteAt(1)) % 31 == 0);
    z_stream z{};
    if (inflateInit2(&z, hasHeader ? MAX_WBITS + 32 : -MAX_WBITS) != Z_OK)
        qBadAlloc();
    constexpr qsizetype Step = 64 * 1024;
    int result = Z_OK;
    data->clear();
    do {
        if (z.avail_in == 0)
            setInput(z, &stream);
        const qsizetype size = data->size();
        const qsizetype room = std::min(std::max(Step, size), maxSize - size) + 1;
        data->resize(size + room);
        z.next_out = reinterpret_cast<Bytef *>(data->data() + size);
        z.avail_out = chunkOf(room);
        const uInt offered = z.avail_out;
        result = ::inflate(&z, Z_NO_FLUSH);
        data->truncate(size + qsizetype(offered - z.avail_out));
    } while (result == Z_OK && data->size() <= maxSize);
    inflateEnd(&z);
    if (data->size() > maxSize)
        return Inflater::Status::TooBig;
    return result == Z_STREAM_END ? Inflater::Status::Ok : Inflater::Status::Malformed;
}

#else

bool hasZlib()
{
    return false;
}

Deflater::Deflater(ZlibFormat, const DeflateSettings &) { }
Deflater::~Deflater() = default;
QByteArray Deflater::deflate(QByteArrayView)
{
    return {};
}
QByteArray Deflater::deflatePart(QByteArrayView)
{
    return {};
}
void Deflater::forget() { }
QByteArray Deflater::run(QByteArrayView, int)
{
    return {};
}
Inflater::Inflater(int) { }
Inflater::~Inflater() = default;
Inflater::Status Inflater::inflatePart(QByteArrayView, qsizetype, QByteArray *)
{
    return Status::Malformed;
}
void Inflater::forget() { }
Inflater::Status inflateWhole(QByteArrayView, qsizetype, QByteArray *)
{
    return Inflater::Status::Malformed;
}

#endif

} // namespace EngineIo::detail
