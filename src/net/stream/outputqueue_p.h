// SPDX-License-Identifier: MIT
#ifndef ENGINEIO_OUTPUTQUEUE_P_H
#define ENGINEIO_OUTPUTQUEUE_P_H

#include <EngineIo/engineioglobal.h>

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <vector>

namespace EngineIo::detail {

// The memory that a block or a packet takes in addition to its bytes: its entry in a queue, the
// header of its buffer, and unused capacity of a small buffer. Without it, a peer that asks for
// many small answers and reads none could cost a multiple of the limit.
constexpr qsizetype QueuedBlockCost = 128;

// Blocks that wait to be written. They share their bytes with the code that queued them.
class ENGINEIO_EXPORT OutputQueue
{
public:
    bool isEmpty() const noexcept { return m_first == m_blocks.size(); }
    size_t count() const noexcept { return m_blocks.size() - m_first; }
    qsizetype bytes() const noexcept { return m_bytes; }
    // The bytes, and the memory needed to keep them.
    qsizetype heldBytes() const noexcept { return m_bytes + qsizetype(count()) * QueuedBlockCost; }

    void append(const QByteArray &data, qsizetype offset)
    {
        m_blocks.push_back({data, offset});
        m_bytes += data.size() - offset;
    }
    // Returns what is left of a block; 0 is the first one.
    QByteArrayView at(size_t index) const
    {
        const Block &block = m_blocks[m_first + index];
        return QByteArrayView(block.data).sliced(block.offset);
    }
    // Removes size bytes from the front.
    void remove(qsizetype size);
    void clear();

private:
    struct Block
    {
        QByteArray data;
        qsizetype offset;
    };

    std::vector<Block> m_blocks;
    size_t m_first = 0; // the blocks before it have been written
    qsizetype m_bytes = 0;
};

} // namespace EngineIo::detail

#endif
