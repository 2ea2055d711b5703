using System.Collections.Immutable;
using System.Threading.Channels;
using Stackmeta.Http;

namespace Stackmeta.Admin;

/// <summary>
/// Gives requests, as they end, to all who watch. Who watches too slowly misses some, and is told how many; requests never wait.
/// </summary>
public sealed class RequestFeed : IRequestListener
{
    /// <summary>Requests kept for one who watches.</summary>
    const int Capacity = 1024;

    // Replaced as a whole, by Interlocked.
    ImmutableArray<Watch> _watches = [];

    /// <summary>Begins to watch; dispose of it to end.</summary>
    public Watch Begin()
    {
        var watch = new Watch(this);
        ImmutableInterlocked.Update(ref _watches, static (watches, added) => watches.Add(added), watch);
        return watch;
    }

    void IRequestListener.Ended(RequestObservation request)
    {
        foreach (var watch in _watches)
        {
            watch.Offer(request.Snapshot());
        }
    }

    /// <summary>One who watches.</summary>
    public sealed class Watch : IDisposable
    {
        readonly RequestFeed _feed;
        readonly Channel<ObservedRequest> _waiting = Channel.CreateBounded<ObservedRequest>(
            new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
        );

        // By Interlocked.
        long _missed;

        internal Watch(RequestFeed feed) => _feed = feed;

        /// <summary>Requests as they end.</summary>
        public ChannelReader<ObservedRequest> Requests => _waiting.Reader;

        /// <summary>How many were missed since this was asked for last.</summary>
        public long TakeMissed() => Interlocked.Exchange(ref _missed, 0);

        internal void Offer(ObservedRequest request)
        {
            if (!_waiting.Writer.TryWrite(request))
            {
                Interlocked.Increment(ref _missed);
            }
        }

        public void Dispose()
        {
            ImmutableInterlocked.Update(ref _feed._watches, static (watches, ended) => watches.Remove(ended), this);
            _waiting.Writer.TryComplete();
        }
    }
}
