using Microsoft.AspNetCore.Http;
using Stackmeta.Metadata;

namespace Stackmeta.Http;

/// <summary>What Kestrel found wrong with a body while it was read.</summary>
public static class BadRequest
{
    public static Refusal RefusalOf(BadHttpRequestException exception) =>
        exception.StatusCode == StatusCodes.Status413PayloadTooLarge
            ? Refusal.RequestTooLarge
            : Refusal.RequestMalformed;
}
