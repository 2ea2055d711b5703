using System.Text;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Stackmeta.Core.Instances;
using Stackmeta.Core.Lookups;
using Stackmeta.Core.Refusals;
using Stackmeta.Documents;
using Stackmeta.Http;

namespace Stackmeta.Api.Tests;

/// <summary>
/// No answer crosses to another instance, and none is older than it may be, in any order of requests, loads that end, records that
/// change, passwords that are set and time that passes. Deterministic: the clock is a fake, and loads end when the test says so.
/// </summary>
public sealed class CrossingProperties
{
    const int Instances = 4;

    static readonly TimeSpan Expiration = TimeSpan.FromSeconds(15);

    // A second less than a request's patience: what waits when time passes is still waiting afterwards.
    static readonly TimeSpan LongestLoad = TimeSpan.FromSeconds(6.5);

    enum Act
    {
        Ask,
        AskInAnothersName,
        EndOldestLoad,
        EndNewestLoad,
        Change,
        Delete,
        Forget,
        SetPassword,
        LetTimePass,
        GoAway,
    }

    static readonly Gen<(Act Act, int Instance, int Detail)[]> Plays = Gen.Select(
        Gen.Frequency(
            (12, Gen.Const(Act.Ask)),
            (2, Gen.Const(Act.AskInAnothersName)),
            (5, Gen.Const(Act.EndOldestLoad)),
            (2, Gen.Const(Act.EndNewestLoad)),
            (4, Gen.Const(Act.Change)),
            (1, Gen.Const(Act.Delete)),
            (2, Gen.Const(Act.Forget)),
            (2, Gen.Const(Act.SetPassword)),
            (4, Gen.Const(Act.LetTimePass)),
            (1, Gen.Const(Act.GoAway))
        ),
        Gen.Int[0, Instances - 1],
        Gen.Int[0, 1_000_000]
    ).Array[1, 80];

    [Fact]
    public void No_answer_crosses_to_another_instance_or_outlives_its_time() =>
        // On the pool's threads, as requests are served, a load begins before the request's call returns.
        Plays.Sample(
            play =>
                Task.Run(async () =>
                    {
                        using var stage = new Stage();
                        foreach (var (act, instance, detail) in play)
                        {
                            await stage.PlayAsync(act, instance, detail);
                        }
                        await stage.EndAsync();
                    })
                    .GetAwaiter()
                    .GetResult(),
            iter: 2_000
        );

    /// <summary>The API without a server, its world, and the requests and loads that are under way.</summary>
    sealed class Stage : IInstanceSource, IDisposable
    {
        static readonly string[] Paths =
        [
            "/latest/meta-data/local-hostname",
            "/openstack/latest/meta_data.json",
            "/openstack/latest/password",
            "/latest/user-data",
            "/latest/meta-data/security-groups",
        ];

        readonly FakeTimeProvider _time = new();
        readonly List<Load> _loads = [];
        readonly List<Asked> _asked = [];

        // By instance: what was stored from when on; null for deleted.
        readonly List<(DateTimeOffset From, int Change, Instance? Record)>[] _history;

        // By instance: the last change of which it was said that there was one; nothing older may be told.
        readonly int[] _forgotten = new int[Instances];

        // By instance: the last change that set the password through the API itself; no older password may be told.
        readonly int[] _passwordSet = new int[Instances];
        readonly InstanceCache _cache;
        readonly MetadataApi _api;
        int _versions;
        int _changes;

        public Stage()
        {
            var options = new ApiOptions
            {
                Cache = new() { Expiration = Expiration, Grace = TimeSpan.Zero },
            };
            _cache = new(this, options.Cache, _time);
            _api = new(
                options,
                _cache,
                new DocumentRenderer(new DocumentOptions(), _time),
                new SharedSecretProof(TestApi.Signer),
                new NoVendorData(),
                securityGroups: null,
                _time,
                NullLogger.Instance
            );
            _history = [.. Enumerable.Range(0, Instances).Select(_ => new List<(DateTimeOffset, int, Instance?)>())];
            for (var i = 0; i < Instances; i++)
            {
                Store(i, NewRecord(i));
            }
        }

        DateTimeOffset Now => _time.GetUtcNow();

        static string IdOf(int instance) => $"id-{instance}-";

        static bool IsPassword(string path) => path.EndsWith("password", StringComparison.Ordinal);

        /// <summary>The change by which what was stored before became too old for a request of now.</summary>
        int LastToHaveHeard(int instance, string path) =>
            IsPassword(path) ? Math.Max(_forgotten[instance], _passwordSet[instance]) : _forgotten[instance];

        static string ProjectOf(int instance) => $"project-{instance}";

        public async Task PlayAsync(Act act, int instance, int detail)
        {
            switch (act)
            {
                case Act.Ask:
                    await AskAsync(instance, instance, Paths[detail % Paths.Length]);
                    break;
                case Act.AskInAnothersName:
                    await AskAsync(instance, (instance + 1 + (detail % (Instances - 1))) % Instances, Paths[0]);
                    break;
                case Act.EndOldestLoad when _loads.Count > 0:
                    await EndLoadAsync(_loads[0]);
                    break;
                case Act.EndNewestLoad when _loads.Count > 0:
                    await EndLoadAsync(_loads[^1]);
                    break;
                case Act.Change:
                    Store(instance, NewRecord(instance));
                    break;
                case Act.Delete:
                    Store(instance, null);
                    break;
                case Act.Forget:
                    _cache.Forget(IdOf(instance));
                    _forgotten[instance] = _changes;
                    break;
                case Act.SetPassword:
                    var password = $"{IdOf(instance)}password-{_versions++}";
                    if (await _cache.SetPasswordAsync(IdOf(instance), password, default) == Refusal.None)
                    {
                        _passwordSet[instance] = _changes;
                    }
                    break;
                case Act.LetTimePass:
                    await PassAsync(TimeSpan.FromMilliseconds(detail % 20_000));
                    break;
                case Act.GoAway when _asked.Count > 0:
                    await _asked[detail % _asked.Count].Leave.CancelAsync();
                    break;
            }
        }

        public async Task EndAsync()
        {
            while (_loads.Count > 0)
            {
                await EndLoadAsync(_loads[0]);
            }
            Assert.Empty(_asked);
        }

        public void Dispose() => _asked.ForEach(asked => asked.Leave.Dispose());

        // What is read is what is stored when the load begins, however late it ends.
        ValueTask<InstanceAnswer> IInstanceSource.FindInstanceAsync(
            string instanceId,
            CancellationToken cancellationToken
        )
        {
            var record = Stored(int.Parse(instanceId.Split('-')[1], null));
            var load = new Load(instanceId, Now, record is null ? Refusal.InstanceNotFound : record);
            _loads.Add(load);
            return new(load.End.Task);
        }

        ValueTask<Refusal> IInstanceSource.SetPasswordAsync(
            string instanceId,
            string password,
            CancellationToken cancellationToken
        )
        {
            var instance = int.Parse(instanceId.Split('-')[1], null);
            if (Stored(instance) is not { } record)
            {
                return new(Refusal.PasswordInstanceGone);
            }
            if (record.Password.Length > 0)
            {
                return new(Refusal.PasswordAlreadySet);
            }
            Store(instance, record with { Password = password });
            return new(Refusal.None);
        }

        Instance? Stored(int instance) => _history[instance][^1].Record;

        void Store(int instance, Instance? record) => _history[instance].Add((Now, ++_changes, record));

        /// <summary>Every text of a record names its instance and when it was written.</summary>
        Instance NewRecord(int instance)
        {
            var mark = $"{IdOf(instance)}version-{_versions++}";
            return TestApi.Web1 with
            {
                Uuid = IdOf(instance),
                ProjectId = ProjectOf(instance),
                Hostname = mark,
                DisplayName = mark,
                UserData = Encoding.UTF8.GetBytes(mark),
                SecurityGroups = [mark],
            };
        }

        async Task AskAsync(int instance, int inTheNameOf, string path)
        {
            var leave = new CancellationTokenSource();
            var request = new Request();
            request.Begin("GET", path, aborted: leave.Token);
            request.Headers.Receive("X-Instance-ID", IdOf(instance));
            request.Headers.Receive("X-Tenant-ID", ProjectOf(inTheNameOf));
            request.Headers.Receive("X-Instance-ID-Signature", TestApi.Signer.Sign(IdOf(instance)));

            var loads = _loads.Count;
            var done = _api.HandleAsync(request).AsTask();
            var asked = new Asked(
                instance,
                inTheNameOf,
                path,
                Now - Expiration,
                _forgotten[instance],
                LastToHaveHeard(instance, path),
                leave,
                done
            );
            if (done.IsCompleted)
            {
                await CheckAsync(asked);
                return;
            }
            // It waits for a load of its own, or for the last one of its instance.
            var load = _loads.FindLast(load => load.InstanceId == IdOf(instance));
            Assert.NotNull(load);
            Assert.InRange(_loads.Count - loads, 0, 1);
            load.Waiting.Add(asked);
            _asked.Add(asked);
        }

        async Task EndLoadAsync(Load load)
        {
            _loads.Remove(load);
            load.End.SetResult(load.Answer);
            foreach (var asked in load.Waiting)
            {
                await CheckAsync(asked);
                _asked.Remove(asked);
            }
        }

        /// <summary>Loads that would outlast a request's patience end before.</summary>
        async Task PassAsync(TimeSpan span)
        {
            while (_loads.Count > 0 && Now + span - _loads[0].Began > LongestLoad)
            {
                await EndLoadAsync(_loads[0]);
            }
            _time.Advance(span);
        }

        async Task CheckAsync(Asked asked)
        {
            var response = await asked.Done.WaitAsync(TimeSpan.FromSeconds(30));
            if (asked.Leave.IsCancellationRequested)
            {
                return;
            }
            var text = Encoding.UTF8.GetString(response.Body.Span);
            for (var other = 0; other < Instances; other++)
            {
                Assert.True(other == asked.Instance || !text.Contains(IdOf(other), StringComparison.Ordinal), text);
            }

            // All that was stored at some moment since then.
            var history = _history[asked.Instance];
            IEnumerable<Instance?> Told(int heard) =>
                history
                    .Where(
                        (_, i) =>
                            i == history.Count - 1
                            || (history[i + 1].From >= asked.Since && history[i + 1].Change > heard)
                    )
                    .Select(stored => stored.Record);
            var status = response.Status;
            if (asked.InTheNameOf != asked.Instance)
            {
                Assert.Equal(404, status);
            }
            else if (status == 404)
            {
                // That there is none is believed for a second, also when a password was set meanwhile.
                Assert.Contains(Told(asked.Forgotten), record => record is null);
            }
            else
            {
                Assert.Equal(200, status);
                Assert.Contains(
                    Told(asked.Heard),
                    stored =>
                        stored is { } record
                        && (
                            IsPassword(asked.Path)
                                ? text == record.Password
                                : text.Contains(record.Hostname!, StringComparison.Ordinal)
                        )
                );
            }
        }

        sealed record Asked(
            int Instance,
            int InTheNameOf,
            string Path,
            DateTimeOffset Since,
            int Forgotten,
            int Heard,
            CancellationTokenSource Leave,
            Task<Response> Done
        );

        sealed record Load(string InstanceId, DateTimeOffset Began, InstanceAnswer Answer)
        {
            public TaskCompletionSource<InstanceAnswer> End { get; } = new();

            public List<Asked> Waiting { get; } = [];
        }
    }
}
