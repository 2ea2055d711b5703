using System.Net;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Api;
using Stackmeta.Core.Caching;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Tests;

/// <summary>That the record comes along with the port, and when it must not be believed.</summary>
public sealed class GuestsAtOnceTests
{
    static readonly Port _port = new("port", "network", "instance", "project");
    static readonly NetworkScope _scope = new(NetworkScopeKind.Network, "network");

    readonly FakeTimeProvider _time = new();
    readonly Store _store = new();

    [Fact]
    public async Task A_guest_that_boots_costs_the_store_one_question()
    {
        var records = new InstanceCache(_store, new AnswerCacheOptions(), _time);
        var ports = new GuestsAtOnce(_store, records, _time);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(_port, (await ports.FindPortAsync(_scope, Address(), default)).Port);
        Assert.Equal("first", (await records.FindAsync("instance", default)).Instance?.DisplayName);
        Assert.Equal((1, 0), (_store.GuestsAsked, _store.InstancesAsked));
    }

    [Fact]
    public async Task A_record_that_was_forgotten_while_the_port_was_looked_up_is_asked_for_anew()
    {
        var records = new InstanceCache(_store, new AnswerCacheOptions(), _time);
        var ports = new GuestsAtOnce(_store, records, _time);
        _store.Meanwhile = () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            records.Forget("instance");
        };
        await ports.FindPortAsync(_scope, Address(), default);
        Assert.Equal("stored", (await records.FindAsync("instance", default)).Instance?.DisplayName);
        Assert.Equal(1, _store.InstancesAsked);
    }

    [Fact]
    public async Task Of_a_port_without_a_record_nothing_is_kept()
    {
        var records = new InstanceCache(_store, new AnswerCacheOptions(), _time);
        _store.Guest = new GuestAnswer(_port, null);
        await new GuestsAtOnce(_store, records, _time).FindPortAsync(_scope, Address(), default);
        Assert.Equal(0, records.Statistics.Count);
    }

    static GuestAddress Address() =>
        GuestAddress.TryFrom(IPAddress.Parse("10.0.0.5"), out var address) ? address : throw new FormatException();

    sealed class Store : IGuestDirectory, IInstanceSource
    {
        public GuestAnswer Guest { get; set; } = new(_port, Record("first"));

        public Action Meanwhile { get; set; } = () => { };

        public int GuestsAsked { get; private set; }

        public int InstancesAsked { get; private set; }

        public ValueTask<GuestAnswer> FindGuestAsync(
            NetworkScope scope,
            GuestAddress address,
            CancellationToken cancellationToken
        )
        {
            GuestsAsked++;
            Meanwhile();
            return new(Guest);
        }

        public ValueTask<InstanceAnswer> FindInstanceAsync(string instanceId, CancellationToken cancellationToken)
        {
            InstancesAsked++;
            return new(Record("stored"));
        }

        public ValueTask<Refusal> SetPasswordAsync(
            string instanceId,
            string password,
            CancellationToken cancellationToken
        ) => new(Refusal.PasswordNotStored);

        static Instance Record(string name) => new() { Uuid = "instance", DisplayName = name };
    }
}
