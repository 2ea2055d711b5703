using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Stackmeta.Bench.Load;

/// <summary>Asks and checks. One thread for all connections, so that as much of the machine as can be is the server's.</summary>
public static unsafe class LoadRun
{
    const int EventsAtOnce = 256;

    /// <summary>Asks once.</summary>
    /// <returns>Status and body of whatever is answered.</returns>
    public static (int Status, byte[] Body) Fetch(Place place, byte[] request)
    {
        (int, byte[]) answer = default;
        var taken = AnswerTemplate.Taking((status, body) => answer = (status, body));
        var result = Run(
            new EachOnce([new Question(place, request, taken, [])]),
            askers: 1,
            keep: false,
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(1)
        );
        return result.Errors == 0 ? answer : throw new IOException(result.FirstError);
    }

    /// <summary>Asks until the plan has no more or the time is over.</summary>
    /// <param name="plan">What to ask.</param>
    /// <param name="askers">How many at once, each with a connection.</param>
    /// <param name="keep">Whether a connection is used again for the next question to the same place.</param>
    /// <param name="atMost">When to stop beginning new questions; those under way are waited for.</param>
    /// <param name="patience">An answer that takes longer is an error; so is all that is under way then.</param>
    public static LoadResult Run(IPlan plan, int askers, bool keep, TimeSpan atMost, TimeSpan patience)
    {
        LoadResult? result = null;
        Exception? failure = null;
        // A thread of its own, which may change its namespace without anybody else being moved.
        var thread = new Thread(() =>
        {
            using var home = NamespaceHandle.Own();
            try
            {
                result = RunHere(plan, askers, keep, atMost, patience);
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                home.Enter();
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException("The load could not be run.", failure);
    }

    static LoadResult RunHere(IPlan plan, int askers, bool keep, TimeSpan atMost, TimeSpan patience)
    {
        var epoll = Libc.EpollCreate(Libc.SockCloseOnExec);
        if (epoll < 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), "epoll_create1");
        }
        var all = new Asker[askers];
        var latencies = new List<float>(1 << 16);
        var errors = new Dictionary<string, int>(StringComparer.Ordinal);
        NamespaceHandle? here = null;
        var busy = 0;
        var start = Stopwatch.GetTimestamp();
        var last = start;
        try
        {
            for (var i = 0; i < askers; i++)
            {
                all[i] = new Asker(i, epoll);
                BeginNext(i);
            }
            var events = stackalloc Libc.EpollEvent[EventsAtOnce];
            while (busy > 0)
            {
                var count = Libc.EpollWait(epoll, events, EventsAtOnce, (int)patience.TotalMilliseconds);
                if (count == 0)
                {
                    Count("no answer", busy);
                    break;
                }
                for (var i = 0; i < count; i++)
                {
                    Continue((int)events[i].Slot, events[i].Events);
                }
            }
        }
        finally
        {
            foreach (var asker in all)
            {
                asker?.Dispose();
            }
            _ = Libc.Close(epoll);
        }
        latencies.Sort();
        return new(
            latencies.Count,
            errors.Values.Sum(),
            errors.Count == 0 ? null : string.Join("; ", errors.Select(error => $"{error.Value} × {error.Key}")),
            Stopwatch.GetElapsedTime(start, last),
            [.. latencies]
        );

        void BeginNext(int slot)
        {
            while (Stopwatch.GetElapsedTime(start) < atMost && plan.TryNext(slot, out var question))
            {
                try
                {
                    all[slot].Begin(question, keep, ref here);
                    busy++;
                    return;
                }
                catch (IOException e)
                {
                    Count(e.Message, 1);
                    all[slot].Close();
                }
            }
            all[slot].Close();
        }

        void Continue(int slot, uint happened)
        {
            var asker = all[slot];
            try
            {
                if (!asker.IsConnected && (happened & (Libc.EpollOut | Libc.EpollError | Libc.EpollHangUp)) != 0)
                {
                    asker.Connected();
                }
                else if ((happened & Libc.EpollOut) != 0)
                {
                    asker.SendRest();
                }
                if ((happened & (Libc.EpollIn | Libc.EpollHangUp)) == 0 || !asker.Receive())
                {
                    return;
                }
                last = Stopwatch.GetTimestamp();
                if (asker.Question.Answer.Accepts(asker.Status, asker.Body, asker.Question.Values))
                {
                    latencies.Add((float)Stopwatch.GetElapsedTime(asker.Began, last).TotalMilliseconds);
                }
                else
                {
                    Count($"wrong answer, status {asker.Status}, {asker.Body.Length} bytes", 1);
                }
            }
            catch (IOException e)
            {
                Count(e.Message, 1);
                asker.Close();
            }
            busy--;
            BeginNext(slot);
        }

        void Count(string error, int times) => errors[error] = errors.GetValueOrDefault(error) + times;
    }
}
