// SPDX-License-Identifier: MIT
#ifndef QTSOCKETIO_TASK_P_H
#define QTSOCKETIO_TASK_P_H

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

namespace EngineIo::detail {

// A call that is made later in another thread. Unlike a std::function, it can contain objects that
// cannot be copied, and it stores functions with packets without allocating memory, which would
// have to be freed in the other thread: that is slow in most allocators.
class Task
{
public:
    template<typename Function,
             std::enable_if_t<!std::is_same_v<std::decay_t<Function>, Task>, int> = 0>
    explicit Task(Function &&function)
    {
        using F = std::decay_t<Function>;
        if constexpr (isInline<F>) {
            new (m_storage) F(std::forward<Function>(function));
            m_operations = &inlineOperations<F>;
        } else {
            new (m_storage) F *(new F(std::forward<Function>(function)));
            m_operations = &heapOperations<F>;
        }
    }
    Task(Task &&other) noexcept
        : m_operations(std::exchange(other.m_operations, nullptr))
    {
        if (m_operations)
            m_operations->relocate(other.m_storage, m_storage);
    }
    Task &operator=(Task &&) = delete;
    ~Task()
    {
        if (m_operations)
            m_operations->destroy(m_storage);
    }

    void run() { m_operations->run(m_storage); }

private:
    static constexpr std::size_t InlineSize = 40;

    template<typename F>
    static constexpr bool isInline = sizeof(F) <= InlineSize && alignof(F) <= alignof(void *)
        && std::is_nothrow_move_constructible_v<F>;

    struct Operations
    {
        void (*run)(void *storage);
        void (*relocate)(void *from, void *to) noexcept;
        void (*destroy)(void *storage) noexcept;
    };

    template<typename F>
    static F *at(void *storage) noexcept
    {
        return std::launder(static_cast<F *>(storage));
    }
    template<typename F>
    static constexpr Operations inlineOperations = {
        [](void *storage) { (*at<F>(storage))(); },
        [](void *from, void *to) noexcept {
            new (to) F(std::move(*at<F>(from)));
            at<F>(from)->~F();
        },
        [](void *storage) noexcept { at<F>(storage)->~F(); },
    };
    template<typename F>
    static constexpr Operations heapOperations = {
        [](void *storage) { (**at<F *>(storage))(); },
        [](void *from, void *to) noexcept { new (to) F *(*at<F *>(from)); },
        [](void *storage) noexcept { delete *at<F *>(storage); },
    };

    alignas(void *) std::byte m_storage[InlineSize];
    const Operations *m_operations;
};

using TaskList = std::vector<Task>;

} // namespace EngineIo::detail

#endif
