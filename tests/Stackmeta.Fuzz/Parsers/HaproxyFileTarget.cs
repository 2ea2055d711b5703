using System.Text;
using Stackmeta.Edge;

namespace Stackmeta.Fuzz;

/// <summary>The file that Neutron's agents write for haproxy.</summary>
sealed class HaproxyFileTarget : TextTarget
{
    const string File = """
        global
            log         /dev/log local0 debug
            pidfile     /var/lib/neutron/external/pids/6f6e2c1a-2222-4a4a-8b8b-000000000001.pid.haproxy
            daemon
        defaults
            timeout connect         30s
        listen listener
            bind 169.254.169.254:80
            bind fe80::a9fe:a9fe:80 interface tap0
            bind :::9697
            server metadata /var/lib/neutron/metadata_proxy
            http-request del-header X-Neutron-Router-ID
            http-request set-header X-Neutron-Network-ID 6f6e2c1a-2222-4a4a-8b8b-000000000001

        """;

    protected override IEnumerable<string> Texts => [File, File.Replace("Network", "Router", StringComparison.Ordinal)];

    protected override IEnumerable<string> Pieces =>
        [
            "\n",
            "bind ",
            "bind *:80\n",
            "bind [::1]:0\n",
            "bind 1:65536\n",
            "bind fe80::1%x:80\n",
            "http-request add-header X-OVN-Network-ID 6f6e2c1a-2222-4a4a-8b8b-000000000001\n",
            "http-request set-header X-Neutron-Router-ID x\n",
            "pidfile\n",
            ":",
            "%",
            "\u0085",
            "\u2028",
        ];

    protected override bool IsSaid(Exception exception) => exception is EdgeException;

    protected override ValueTask ParseAsync(byte[] input)
    {
        var file = HaproxyFile.Parse(Encoding.UTF8.GetString(input));
        // What was read goes on to the edge.
        var message = new DropInMessage(
            1,
            "a",
            file.Scope.Kind,
            file.Scope.Id,
            [.. file.Binds.Select(static bind => $"{bind}")]
        );
        DropInMessage.Parse(message.ToLine()).ToServed();
        return default;
    }
}
