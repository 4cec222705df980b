// SPDX-License-Identifier: MIT
#include "net/stream/outputqueue_p.h"

namespace EngineIo::detail {

namespace {
constexpr size_t MaxSpareBlocks = 256; // capacity that is kept for the next blocks
} // namespace

void OutputQueue::remove(qsizetype size)
{
    if (size == m_bytes) { // nearly always
        clear();
        return;
    }
    m_bytes -= size;
    while (m_first < m_blocks.size()) {
        Block &block = m_blocks[m_first];
        const qsizetype blockSize = block.data.size() - block.offset;
        if (size < blockSize) {
            block.offset += size;
            break;
        }
        size -= blockSize;
        block.data = QByteArray();
        ++m_first;
    }
    if (m_first == m_blocks.size()) {
        clear();
    } else if (m_first > MaxSpareBlocks && m_first > m_blocks.size() / 2) {
        // Removes at least half of the entries at a time, so that a long queue is not moved again
        // and again.
        m_blocks.erase(m_blocks.begin(), m_blocks.begin() + std::ptrdiff_t(m_first));
        m_first = 0;
    }
}

void OutputQueue::clear()
{
    m_first = 0;
    m_bytes = 0;
    if (m_blocks.capacity() > MaxSpareBlocks)
        m_blocks = {};
    else
        m_blocks.clear();
}

} // namespace EngineIo::detail
