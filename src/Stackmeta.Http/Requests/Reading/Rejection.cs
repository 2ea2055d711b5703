using Microsoft.AspNetCore.Http;
using Stackmeta.Core.Refusals;

namespace Stackmeta.Http;

/// <summary>Why bytes are not taken for a request.</summary>
/// <param name="Status">Of the response.</param>
/// <param name="Refusal">Whose page it has.</param>
readonly record struct Rejection(int Status, Refusal Refusal)
{
    public static Rejection Malformed { get; } = new(StatusCodes.Status400BadRequest, Refusal.RequestMalformed);

    public static Rejection BodyTooLarge { get; } = new(StatusCodes.Status413PayloadTooLarge, Refusal.RequestTooLarge);

    public static Rejection LineTooLong { get; } = new(StatusCodes.Status414UriTooLong, Refusal.RequestTooLarge);

    public static Rejection HeadersTooLarge { get; } =
        new(StatusCodes.Status431RequestHeaderFieldsTooLarge, Refusal.RequestTooLarge);
}
