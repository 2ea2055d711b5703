using Microsoft.Extensions.Configuration;
using Stackmeta.Core.Refusals;
using Stackmeta.Tests.Support;

namespace Stackmeta.Tests;

/// <summary>
/// What a collector is sent over OTLP. Whoever listens to spans listens to the whole process, so that these run while no other test does.
/// </summary>
[Collection(nameof(AloneCollection))]
public sealed class TelemetryTests
{
    const string Trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    const string Parent = "00f067aa0ba902b7";
    const string Header = $"traceparent: 00-{Trace}-{Parent}-01\r\n";

    [Fact]
    public async Task A_guests_request_is_a_trace_of_its_steps()
    {
        await using var collector = await Collector.StartAsync();
        string instance;
        await using (var path = await ObservedPath.StartAsync(collector: collector.Address))
        {
            instance = path.Port.DeviceId;
            Assert.Equal(200, (await path.GuestAsync("/latest/meta-data/instance-id?token=x")).Status);
        }

        var agent = Assert.Single(collector.Spans, span => span.Name == "agent");
        Assert.Equal((SentSpan.Server, ""), (agent.Kind, agent.Parent));
        Assert.Equal(instance, agent.Tags["openstack.instance.id"]);
        Assert.Equal("/latest/meta-data/instance-id", agent.Tags["url.path"]);
        Assert.Equal("200", agent.Tags["http.response.status_code"]);
        var api = Assert.Single(collector.Spans, span => span.Name == "api");
        Assert.Equal((agent.TraceId, agent.Id), (api.TraceId, api.Parent));
        var instances = Assert.Single(collector.Spans, span => span.Name == "instances");
        Assert.Equal((SentSpan.Internal, agent.TraceId, api.Id), (instances.Kind, instances.TraceId, instances.Parent));
        Assert.Equal("stackmeta", collector.Resource["service.name"]);
        Assert.NotEmpty(collector.Resource["service.version"]);
    }

    [Fact]
    public async Task Metrics_are_those_of_the_page()
    {
        await using var collector = await Collector.StartAsync();
        await using (var path = await ObservedPath.StartAsync(collector: collector.Address))
        {
            await path.GuestAsync("/latest/meta-data/instance-id");
        }

        // Metric: name = 1, unit = 3, sum = 7 (data_points = 1, is_monotonic = 3), histogram = 9 (data_points = 1, count = 4).
        var requests = collector.Metrics.First(metric => metric.Text(1) == "stackmeta.requests");
        Assert.Equal("{request}", requests.Text(3));
        Assert.Equal(1UL, requests.All(7).First().Number(3));
        var points = requests.All(7).First().All(1).Select(point => SentSpan.Attributes(point, 7)).ToList();
        Assert.Contains(points, point => (point["hop"], point["code"]) == ("agent", "200"));
        var durations = collector.Metrics.First(metric => metric.Text(1) == "stackmeta.hop.duration");
        Assert.True(durations.All(9).First().All(1).First().Number(4) > 0);
    }

    /// <summary>A trace's id that a guest sent would let it write into the operator's traces.</summary>
    [Fact]
    public async Task What_a_guest_says_of_traces_is_not_heard()
    {
        await using var collector = await Collector.StartAsync();
        await using (var path = await ObservedPath.StartAsync(collector: collector.Address))
        {
            await path.GuestAsync("/latest/meta-data/instance-id", headers: Header + "tracestate: guest=1\r\n");
        }
        Assert.NotEmpty(collector.Spans);
        Assert.DoesNotContain(collector.Spans, span => span.TraceId == Trace || span.Parent == Parent);
        Assert.DoesNotContain("guest=1", collector.Everything);
    }

    [Fact]
    public async Task An_agents_trace_goes_on_in_the_api()
    {
        await using var collector = await Collector.StartAsync();
        const string Secret = "a-secret-of-the-hops";
        await using (var path = await ObservedPath.StartAsync(Secret, collector.Address))
        {
            using var signature = new InstanceSignature(System.Text.Encoding.UTF8.GetBytes(Secret));
            var signed =
                $"X-Instance-ID: {path.Port.DeviceId}\r\nX-Tenant-ID: {path.Port.ProjectId}\r\n"
                + $"X-Instance-ID-Signature: {signature.Sign(path.Port.DeviceId)}\r\n";
            Assert.Equal(200, (await path.AgentAsync("/latest/meta-data/instance-id", signed + Header)).Status);
        }
        var api = Assert.Single(collector.Spans, span => span.Name == "api");
        Assert.Equal((Trace, Parent), (api.TraceId, api.Parent));
    }

    [Fact]
    public async Task The_agent_passes_its_trace_on_to_an_api_that_is_another_server()
    {
        await using var collector = await Collector.StartAsync();
        await using (var path = await ObservedPath.StartAsync(collector: collector.Address, isApiAsked: true))
        {
            Assert.Equal(200, (await path.GuestAsync("/latest/meta-data/instance-id")).Status);
        }
        var upstream = Assert.Single(collector.Spans, span => span.Name == "upstream");
        var api = Assert.Single(collector.Spans, span => span.Name == "api");
        Assert.Equal(SentSpan.Client, upstream.Kind);
        Assert.Equal((SentSpan.Server, upstream.TraceId, upstream.Id), (api.Kind, api.TraceId, api.Parent));
        Assert.Equal(
            Assert.Single(collector.Spans, span => span.Name == "agent").Tags["openstack.request_id"],
            api.Tags["openstack.request_id"]
        );
    }

    [Theory]
    [InlineData(503)]
    [InlineData(0)]
    public async Task A_collector_that_takes_nothing_is_told_once_and_harms_nobody(int status)
    {
        await using var collector = await Collector.StartAsync();
        collector.Status = status;
        var address = collector.Address;
        if (status == 0)
        {
            await collector.DisposeAsync();
        }
        CollectingLogger log;
        await using (var path = await ObservedPath.StartAsync(collector: address))
        {
            log = path.Log;
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(200, (await path.GuestAsync("/latest/meta-data/instance-id")).Status);
            }
        }
        const int TelemetryNotTaken = 7005;
        var line = Assert.Single(log.Of(TelemetryNotTaken));
        Assert.Contains(address.ToString(), line);
        Assert.DoesNotContain("Exception", line);
    }

    [Fact]
    public async Task While_no_collector_is_named_nobody_listens()
    {
        await using var path = await ObservedPath.StartAsync();
        await path.GuestAsync("/latest/meta-data/instance-id");
        using var source = new System.Diagnostics.ActivitySource(Http.RequestObserver.Name);
        Assert.False(source.HasListeners());
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "http://127.0.0.1:4318/otlp", true)]
    [InlineData("off", "http://127.0.0.1:4318", false)]
    [InlineData("https://collector:4318", null, true)]
    public void The_setting_beats_the_environment(string? setting, string? variable, bool isOn)
    {
        using var export = Start(setting, variable);
        Assert.Equal(isOn, export is not null);
    }

    [Theory]
    [InlineData("collector:4318")]
    [InlineData("ftp://collector")]
    [InlineData("http://user:password@collector")]
    public void An_endpoint_that_is_none_is_refused(string text)
    {
        var refused = Assert.Throws<SettingsException>(() => Start(null, text));
        Assert.StartsWith("OTEL_EXPORTER_OTLP_ENDPOINT: it must be an address such as", refused.Message);
        Assert.DoesNotContain("password", refused.Message);
        Assert.Throws<SettingsException>(() => Start(text, null));
    }

    static TelemetryExport? Start(string? setting, string? variable)
    {
        // A file of this machine must not change what is tested.
        var file = Path.GetTempFileName();
        File.WriteAllText(file, "{}");
        SettingValues settings;
        try
        {
            string[] set = setting is null ? [] : [$"otlp.endpoint={setting}"];
            settings = SettingsReader.Read(file, new System.Collections.Hashtable(), set);
        }
        finally
        {
            File.Delete(file);
        }
        var environment = new ConfigurationBuilder()
            .AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", variable)])
            .Build();
        return TelemetryExport.Start(
            settings,
            environment,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance
        );
    }
}
